import type { PlanNode, RepartitionNode } from '../plan/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { inputNames } from './input-names.ts'
import { changesKey } from './passes/drop-needless-repartitions.ts'

/** Where in a plan, as it was written, keys may come to differ from what records are partitioned by. */
export class KeyChanges {
  /** The nodes as written: with the repartitions that were taken out again. */
  readonly written: ReadonlyMap<string, PlanNode>
  readonly #topology: CompiledTopology
  readonly #running: ReadonlySet<string>

  constructor(topology: CompiledTopology) {
    this.written = new Map(topology.plan.nodes.map((node) => [node.id, node]))
    this.#topology = topology
    this.#running = new Set(topology.subTopologies.flatMap((sub) => sub.nodes.map((node) => node.id)))
  }

  /** Whether a repartition is run, by itself or through another's topic, and not taken out: the key is still right. */
  isRun(repartition: PlanNode): boolean {
    return this.#running.has(repartition.id) || this.sharedBy(repartition) !== undefined
  }

  /** The repartition whose topic serves instead of its own. */
  sharedBy(repartition: PlanNode): RepartitionNode | undefined {
    const kept = this.written.get(this.#topology.mergedInto.get(repartition.id) ?? '')
    return kept?.kind === 'repartition' ? kept : undefined
  }

  /** The nearest operation from here upwards that may have changed the key since records were last partitioned. */
  changedBy(id: string): string | undefined {
    const node = this.written.get(id)
    if (node === undefined || (node.kind === 'repartition' && this.isRun(node))) return undefined
    if (changesKey(node) || node.kind === 'table-group') return id
    for (const parent of node.parents) {
      const changer = this.changedBy(parent)
      if (changer !== undefined) return changer
    }
    return undefined
  }

  /** The topics by whose keys records are partitioned here. */
  partitionedBy(id: string): readonly string[] {
    const node = this.written.get(id)
    if (node === undefined) return []
    if (node.kind === 'source') return inputNames(node)
    if (node.kind === 'repartition' && this.isRun(node)) {
      return [`${this.#topology.applicationId}-${(this.sharedBy(node) ?? node).name}-repartition`]
    }
    return [...new Set(node.parents.flatMap((parent) => this.partitionedBy(parent)))]
  }
}

const changes = 'may change here'
const withWindow = 'kept, with its window'

const byKind: { readonly [Kind in PlanNode['kind']]?: string } = {
  'table-sink': 'not written; the row has its own',
  map: changes,
  'flat-map': changes,
  'select-key': changes,
  'table-group': changes,
  'window-aggregate': withWindow,
  'sliding-aggregate': withWindow,
  'session-aggregate': withWindow,
  'subscription-send': 'that of the right row which each left row names',
  'subscription-join': 'back to that of the left row',
}

/** What an operation does to the key. */
export function explainKey(node: PlanNode, keys: KeyChanges): string {
  if (node.kind === 'source') {
    return node.isInternal === true ? 'what its records are partitioned by' : `read as ${node.keySerde.name}`
  }
  if (node.kind === 'global-table') return `read as ${node.store.keySerde.name}`
  if (node.kind === 'topic-sink' || node.kind === 'repartition-sink') return `written as ${node.keySerde.name}`
  if (node.kind === 'process' && !node.isKeyFixed) return changes
  return byKind[node.kind] ?? kept(node, keys)
}

function kept(node: PlanNode, keys: KeyChanges): string {
  const changer = keys.changedBy(node.id)
  return changer === undefined ? 'kept' : `kept as ${changer} left it`
}
