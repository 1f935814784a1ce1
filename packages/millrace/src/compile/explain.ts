import type { PlanNode, StoreSpec } from '../plan/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { lookedUpStores } from './connected-stores.ts'
import { explainExactness, explainGuarantee, explainState, guarantees, guaranteesOfState } from './explain-guarantee.ts'
import { explainKey, KeyChanges } from './explain-key.ts'
import { explainRepartitions } from './explain-repartition.ts'
import { inputsOf } from './input-names.ts'
import { nodeLabel } from './node-label.ts'
import { storesOf } from './passes/check-stores.ts'
import { whyNotExactAt } from './passes/decide-origins.ts'

/** One thing that is said about an operation: its name, and a sentence. */
export type Fact = readonly [name: string, text: string]

/**
 * What every operation does to keys, partitions and state, and what holds after a crash, as text. Types are the
 * compiler's and not known any more; serdes stand for them.
 */
export function explain(topology: CompiledTopology): string {
  const { name, applicationId, subTopologies, globalTables } = topology
  const explained = explainer(topology)
  const hasState = globalTables.length > 0 || subTopologies.some((sub) => sub.stores.length > 0)
  const lines = [`Topology ${name} (application id ${applicationId})`, `  ${guarantees}`]
  if (hasState) lines.push(`  ${guaranteesOfState}`)
  for (const sub of subTopologies) {
    lines.push('', `Sub-topology ${sub.id}: tasks ${sub.name}_0 …, one per partition of ${inputsOf(sub)}`)
    for (const node of sub.nodes) lines.push(...explained(node))
  }
  if (globalTables.length > 0) {
    lines.push('', 'Global tables: every instance reads them in full')
    for (const table of globalTables) lines.push(...explained(table))
  }
  return `${lines.join('\n')}\n`
}

function explainer(topology: CompiledTopology): (node: PlanNode) => readonly string[] {
  const keys = new KeyChanges(topology)
  const all = [...topology.subTopologies.flatMap((sub) => sub.nodes), ...topology.globalTables]
  const byId = new Map(all.map((node) => [node.id, node]))
  const shared = new Map(topology.plan.stores.map((store) => [store.name, store]))
  return (node) => {
    const facts: readonly Fact[] = [
      ['key', explainKey(node, keys)],
      ...explainRepartitions(node, keys).map((text): Fact => ['repartition', text]),
      ...openedBy(node, shared).flatMap((store) => explainState(store, changelogOf(node, store, topology))),
      ...exactness(node, topology).map((text): Fact => ['after crash', text]),
      ...unopened(node),
      ...lookedUpStores(node, byId).map((store): Fact => ['looks up', `rows in ${store}`]),
      ...explainGuarantee(node),
    ]
    return [
      `  ${nodeLabel(node)}`,
      `    · ${node.id}`,
      ...facts.map(([name, text]) => `      ${name.padEnd(11)}  ${text}`),
    ]
  }
}

function changelogOf(node: PlanNode, store: StoreSpec, { applicationId }: CompiledTopology): string {
  if (node.kind === 'global-table') return `none: ${node.topic} itself has its rows`
  if (store.changelogTopic !== undefined) return `none: ${store.changelogTopic} itself has its rows`
  return store.isLogged ? `${applicationId}-${store.name}-changelog` : 'none: logged is false'
}

/** Of what the stores of an operation hold; a global table, and what is not logged, has nothing to be exact about. */
function exactness(node: PlanNode, { subTopologies, plan }: CompiledTopology): readonly string[] {
  const shared = new Map(plan.stores.map((store) => [store.name, store]))
  const sub = subTopologies.find((one) => one.nodes.includes(node))
  if (sub === undefined || !openedBy(node, shared).some((store) => store.isLogged)) return []
  return [explainExactness(whyNotExactAt(node, sub, subTopologies))]
}

function openedBy(node: PlanNode, shared: ReadonlyMap<string, StoreSpec>): readonly StoreSpec[] {
  if (node.kind === 'global-table') return [node.store]
  if (node.kind !== 'process') return storesOf(node)
  return [...new Set(Object.values(node.stores))].flatMap((name) => shared.get(name) ?? [])
}

function unopened(node: PlanNode): readonly Fact[] {
  return 'isMaterialized' in node && !node.isMaterialized ? [['store', whyNoStore(node)]] : []
}

function whyNoStore({ kind }: PlanNode): string {
  return kind === 'table-source' || kind === 'response-join'
    ? 'none: nothing needs these rows again'
    : 'none: a look-up asks the tables above'
}
