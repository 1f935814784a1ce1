import { StreamsError } from '../../errors/index.ts'
import { checkName, type Plan, type PlanNode, type ProcessNode, type StoreSpec } from '../../plan/index.ts'

/** Store and repartition names become topic names: legal, and each used once. Throws NAME_INVALID or NAME_TAKEN. */
export function checkStores(plan: Plan, nodes: readonly PlanNode[]): void {
  const owners = new Map<string, string | undefined>(plan.stores.map((store) => [store.name, undefined]))
  for (const node of nodes) {
    if (node.kind === 'process') checkConnected(plan, node)
    for (const { name } of node.kind === 'global-table' ? [node.store] : storesOf(node)) {
      checkName(name, 'Store', node.callSite)
      if (owners.has(name)) throw taken('stores', name, node, owners.get(name))
      owners.set(name, node.callSite ?? node.id)
    }
  }
  const repartitions = new Map<string, string>()
  for (const node of nodes) {
    if (node.kind !== 'repartition') continue
    checkName(node.name, 'Repartition', node.callSite)
    const first = repartitions.get(node.name)
    if (first !== undefined) throw taken('repartition topics', node.name, node, first)
    repartitions.set(node.name, node.callSite ?? node.id)
  }
}

function checkConnected(plan: Plan, node: ProcessNode): void {
  const unknown = Object.values(node.stores).find((name) => !plan.stores.some((store) => store.name === name))
  if (unknown === undefined) return
  throw new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: `A processor uses store '${unknown}', which this topology does not have`,
    hint: 'Register it: const store = t.store(keyValueStore({ … })).',
    storeName: unknown,
    node: node.id,
    callSite: node.callSite,
  })
}

/** The stores that a node opens by itself. */
export function storesOf(node: PlanNode): readonly StoreSpec[] {
  if ('isMaterialized' in node) return node.isMaterialized ? [node.store] : []
  if (node.kind === 'stream-stream-join') {
    if (node.isSelfJoin === true) return [node.leftStore]
    return [node.leftStore, node.rightStore, ...(node.unmatchedStore === undefined ? [] : [node.unmatchedStore])]
  }
  if (node.kind === 'stream-table-join') return node.bufferStore === undefined ? [] : [node.bufferStore]
  if (node.kind === 'subscription-join') return [node.subscriptionStore]
  return 'store' in node && node.kind !== 'global-table' ? [node.store] : []
}

function taken(what: string, name: string, node: PlanNode, first: string | undefined): StreamsError {
  return new StreamsError({
    code: 'NAME_TAKEN',
    what: `Two ${what} are named '${name}'${first === undefined ? '' : ` (the other one at ${first})`}`,
    hint: 'Give one of them another name with the option `store` or `name`.',
    node: node.id,
    callSite: node.callSite,
  })
}
