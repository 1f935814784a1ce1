import type { CompiledTopology, SubTopology } from '../../compile/index.ts'
import { whyNotExact } from '../../compile/index.ts'

/**
 * How the records of an output topic are compared with those of a run without faults:
 * - `records`: by partition and key, one after the other. At least once: all of them in this order, and what is more
 *   repeats one of them.
 * - `set`: by key, in any order.
 * - `last`: the last one of each key, its value alone.
 * - `none`: not at all.
 */
export type OutputCheck = 'records' | 'set' | 'last' | 'none'

/** `records` where one input's order decides what is written, else `none`: only state and tables then are a function of the input. */
export function outputChecks(topology: CompiledTopology, partitions: number): ReadonlyMap<string, OutputCheck> {
  const checks = new Map<string, OutputCheck>()
  for (const sub of topology.subTopologies) {
    const isFunction = !interleaves(sub, topology, partitions) && !sub.nodes.some(dependsOnCommits)
    for (const node of sub.nodes) {
      if (node.kind !== 'topic-sink') continue
      for (const topic of node.topics) checks.set(topic, checks.has(topic) || !isFunction ? 'none' : 'records')
    }
  }
  return checks
}

/** Whether records of several partitions or topics meet, in an order that nothing decides. */
function interleaves(sub: SubTopology, topology: CompiledTopology, partitions: number): boolean {
  if (sub.sourceTopics.length !== 1) return true
  if (sub.nodes.some((node) => node.kind === 'stream-global-join')) return true
  const writers = topology.subTopologies.filter((writer) =>
    writer.nodes.some((node) => node.kind === 'repartition-sink' && node.topic === sub.sourceTopics[0]),
  )
  if (writers.length === 0) return false
  return partitions > 1 || writers.length > 1 || writers.some((writer) => interleaves(writer, topology, partitions))
}

/** Record caches let go at commits, and wall-clock callbacks come when they come. */
function dependsOnCommits(node: SubTopology['nodes'][number]): boolean {
  return ('cacheBytes' in node && node.cacheBytes > 0) || node.kind === 'process'
}

/** Stores that a crash may make count twice under at-least-once, as explain() says. */
export function inexactStores(topology: CompiledTopology): ReadonlySet<string> {
  const inexact = topology.subTopologies.filter((sub) => whyNotExact(sub, topology.subTopologies) !== undefined)
  return new Set(inexact.flatMap((sub) => sub.stores.map((store) => store.name)))
}
