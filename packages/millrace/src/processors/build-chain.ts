import type { PlanNode } from '../plan/index.ts'
import type { Forward, ProcessorFactory, ProcessorServices } from './processor.ts'
import { processorFactories } from './registry.ts'
import { split } from './split.ts'

/**
 * Builds the closures of a sub-topology, children first, and gives what follows each source, by the source's id.
 * Cuts register in the order of the plan, parents first, which is the order to drain them in.
 */
export function buildChain(nodes: readonly PlanNode[], services: ProcessorServices): ReadonlyMap<string, Forward> {
  const inputs = new Map<string, Forward>()
  const cuts: Parameters<ProcessorServices['addCut']>[0][] = []
  const collecting: ProcessorServices = { ...services, addCut: (cut) => cuts.push(cut) }
  for (const node of nodes.toReversed()) {
    // a stream that is merged with itself is its own child twice
    const children = nodes.flatMap((child) => child.parents.filter((parent) => parent === node.id).map(() => child))
    inputs.set(node.id, inputOf(node, children, inputs, collecting))
  }
  for (const cut of cuts.toReversed()) services.addCut(cut)
  return new Map(nodes.filter((node) => node.kind === 'source').map((node) => [node.id, inputs.get(node.id)!]))
}

function inputOf(
  node: PlanNode,
  children: readonly PlanNode[],
  inputs: ReadonlyMap<string, Forward>,
  services: ProcessorServices,
): Forward {
  const targets = children.map((child) => inputs.get(child.id)!)
  if (node.kind === 'source') return toAll(targets)
  if (node.kind === 'split') return split(node, targets, services)
  // the record guarantees that the factory of a kind takes nodes of that kind; the compiler cannot follow the union
  const factory = processorFactories[node.kind] as ProcessorFactory<PlanNode>
  return factory(node, toAll(targets), services)
}

/** One call per child, in the order written; a single child is called directly. */
function toAll(targets: readonly Forward[]): Forward {
  const [first, second] = targets
  if (first === undefined) return () => {}
  if (second === undefined) return first
  return (key, value, timestamp) => {
    for (let index = 0; index < targets.length; index++) targets[index]!(key, value, timestamp)
  }
}
