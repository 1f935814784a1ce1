import type { SourceNode } from '../plan/index.ts'
import type { SubTopology } from './compiled-topology.ts'

/** What a source reads: its topics, or, while they are not known, their pattern. */
export function inputNames({ topics, pattern }: SourceNode): readonly string[] {
  return topics.length === 0 && pattern !== undefined ? [String(pattern)] : topics
}

/** What the tasks of a sub-topology read. */
export function inputsOf(sub: SubTopology): string {
  return sub.nodes.flatMap((node) => (node.kind === 'source' ? inputNames(node) : [])).join(', ')
}
