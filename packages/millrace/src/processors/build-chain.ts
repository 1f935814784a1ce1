import type { PlanNode } from '../plan/index.ts'
import { guardFlush, guardInput, keepsState } from './guard-state.ts'
import type { AsyncCut, Forward, ProcessorFactory, ProcessorServices } from './processor.ts'
import { processorFactories } from './registry.ts'
import { split } from './split.ts'

/** What follows each source, by the source's id; what a chain of closures is entered through. */
export type Chain = ReadonlyMap<string, Forward>

/** The services as a task has them: naming children is the chain's own business. */
export type TaskServices = Omit<ProcessorServices, 'child'>

/**
 * Builds the closures of a sub-topology, children first. Cuts, and what runs before a commit, register in the order of
 * the plan, parents first: what a record cache lets go may be held again by a later one.
 */
export function buildChain(nodes: readonly PlanNode[], services: TaskServices): Chain {
  const inputs = new Map<string, readonly Forward[]>()
  const cuts: AsyncCut[] = []
  const flushes: (() => void)[] = []
  const collecting: ProcessorServices = {
    ...services,
    addCut: (cut) => cuts.push(cut),
    beforeCommit: (flush) => flushes.push(flush),
    child: (node, id) => namedChild(nodes, inputs, node, id),
  }
  for (const node of nodes.toReversed()) {
    inputs.set(node.id, inputsOf(node, targetsOf(nodes, inputs, node.id), collecting))
  }
  for (const cut of cuts.toReversed()) services.addCut(cut)
  for (const flush of flushes.toReversed()) services.beforeCommit(flush)
  return new Map(nodes.filter((node) => node.kind === 'source').map((node) => [node.id, inputs.get(node.id)![0]!]))
}

/** Where a node's records go: one input per edge to a child, in the order written. */
function targetsOf(
  nodes: readonly PlanNode[],
  inputs: ReadonlyMap<string, readonly Forward[]>,
  id: string,
): readonly Forward[] {
  return nodes.flatMap((child) =>
    child.parents.flatMap((parent, index) => (parent === id ? [inputOf(inputs.get(child.id)!, index)] : [])),
  )
}

/** An operation with one input takes all of its parents through it. */
function inputOf(inputs: readonly Forward[], parent: number): Forward {
  return inputs.length === 1 ? inputs[0]! : inputs[parent]!
}

function inputsOf(node: PlanNode, targets: readonly Forward[], services: ProcessorServices): readonly Forward[] {
  if (node.kind === 'source') return [toAll(targets)]
  if (node.kind === 'split') return [split(node, targets, services)]
  // the record guarantees that the factory of a kind takes nodes of that kind; the compiler cannot follow the union
  const factory = processorFactories[node.kind as keyof typeof processorFactories] as ProcessorFactory<PlanNode>
  if (!keepsState(node)) return asInputs(factory(node, toAll(targets), services))
  const beforeCommit: ProcessorServices['beforeCommit'] = (flush) =>
    services.beforeCommit(guardFlush(node, flush, services))
  const built = factory(node, toAll(targets), { ...services, beforeCommit })
  return asInputs(built).map((input) => guardInput(node, input, services))
}

function asInputs(built: Forward | readonly Forward[]): readonly Forward[] {
  return typeof built === 'function' ? [built] : built
}

function namedChild(
  nodes: readonly PlanNode[],
  inputs: ReadonlyMap<string, readonly Forward[]>,
  node: string,
  id: string,
): Forward | undefined {
  const child = nodes.find((one) => one.parents.includes(node) && (one.id === id || one.id === `${node}/${id}`))
  return child === undefined ? undefined : inputOf(inputs.get(child.id)!, child.parents.indexOf(node))
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
