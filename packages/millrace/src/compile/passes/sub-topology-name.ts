import type { PlanNode, SourceNode } from '../../plan/index.ts'
import { murmur2 } from '../../serde/murmur2.ts'

/** What is a file name, a topic name and unambiguous on every file system as it is. */
const plain = /^[a-z0-9][a-z0-9._-]{0,39}(?<!\.)$/

const mostCharacters = 31

/**
 * The name of a sub-topology, which outlives deploys: that of the alphabetically first of its sources, the user's before
 * internal ones. So nothing that stands elsewhere, nor the order of writing, changes it. Sources have unique ids; one
 * that is no plain name gets a hash of it, whether or not another would collide.
 */
export function subTopologyName(nodes: readonly PlanNode[]): string {
  const sources = nodes.filter((node) => node.kind === 'source')
  const own = sources.filter((source) => source.isInternal !== true)
  const id = firstId(own.length > 0 ? own : sources) ?? nodes[0]!.id
  if (plain.test(id)) return id
  const hash = (murmur2(Buffer.from(id)) >>> 0).toString(16).padStart(8, '0')
  const readable = id.replace(/[^a-zA-Z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')
  return `${readable.slice(0, mostCharacters)}-${hash}`.replace(/^-/, '')
}

function firstId(sources: readonly SourceNode[]): string | undefined {
  return sources.map((source) => source.id).sort()[0]
}
