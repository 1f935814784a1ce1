import type { PlanNode, TableTableJoinNode } from '../../plan/index.ts'

type TableNode = Extract<PlanNode, { readonly isMaterialized: boolean }>

/**
 * Decides which tables are kept in a store, and which updates carry the value that they replace. A look-up or a
 * subtraction needs them: it is satisfied by the nearest table above that has a store, and the table at the top gets one
 * if there is none. A filter takes old values where what was written before it has made them known, to leave out
 * deletions of rows that never passed: hence one pass in the order written (both as Kafka Streams does).
 */
export function materializeTables(nodes: readonly PlanNode[]): readonly PlanNode[] {
  const needs = new Needs(nodes)
  for (const node of nodes) {
    if (node.kind === 'stream-table-join') needs.view(node.parents[1]!)
    else if (node.kind === 'table-table-join') tableJoin(node, needs)
    else if (node.kind === 'table-group') needs.oldValues(node.parents[0]!, true)
    // a look-up sees what was there before the update that waits
    else if (node.kind === 'suppress') needs.oldValues(node.parents[0]!, true)
    else if (node.kind === 'subscription-send') needs.oldValues(node.parents[0]!, true)
    else if (node.kind === 'subscription-join') needs.view(node.parents[1]!)
    else if (node.kind === 'response-join') needs.view(node.parents[1]!)
    else if (node.kind === 'process') for (const table of Object.values(node.tables)) needs.rows(table)
    else if (node.kind === 'table-filter') needs.oldValuesOfFilter(node)
  }
  return nodes.map((node) => needs.decided(node))
}

/** A side that may give a row alone must know what it replaces: nothing is deleted where there was nothing. */
function tableJoin(node: TableTableJoinNode, needs: Needs): void {
  for (const parent of node.parents) needs.view(parent)
  if (node.type !== 'inner') needs.oldValues(node.parents[0]!, true)
  if (node.type === 'outer') needs.oldValues(node.parents[1]!, true)
}

class Needs {
  readonly #nodes: ReadonlyMap<string, PlanNode>
  readonly #materialized = new Set<string>()
  readonly #sendsOld = new Set<string>()

  constructor(nodes: readonly PlanNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]))
    for (const node of nodes) if (isTable(node) && node.isMaterialized) this.#materialized.add(node.id)
  }

  /** Rows of the table must be there to look up. */
  view(id: string): void {
    const node = this.#nodes.get(id)!
    if (!isTable(node)) {
      if (node.kind === 'suppress') this.view(node.parents[0]!)
      return
    }
    if (this.#materialized.has(id)) return
    if (node.kind === 'table-filter' || node.kind === 'table-map-values') this.view(node.parents[0]!)
    else if (node.kind === 'table-table-join') for (const parent of node.parents) this.view(parent)
    else this.#materialized.add(id)
  }

  /** All rows of the table must be there to read: a join has them only in a store of its own. */
  rows(id: string): void {
    const node = this.#nodes.get(id)!
    if (!isTable(node) || this.#materialized.has(id)) return
    if (node.kind === 'table-filter' || node.kind === 'table-map-values') this.rows(node.parents[0]!)
    else this.#materialized.add(id)
  }

  /** Updates of the table must carry old values; gives whether they do. Without `force` nothing is materialised for it. */
  oldValues(id: string, force: boolean): boolean {
    const node = this.#nodes.get(id)!
    if (!isTable(node)) return node.kind === 'suppress' ? this.oldValues(node.parents[0]!, force) : true
    if (!this.#knowsOldValues(node, force)) return false
    this.#sendsOld.add(id)
    return true
  }

  /** A store of the filter's own does not help: what its predicate left out is not there. */
  oldValuesOfFilter(filter: TableNode & { readonly kind: 'table-filter' }): void {
    if (this.oldValues(filter.parents[0]!, false)) this.#sendsOld.add(filter.id)
  }

  decided(node: PlanNode): PlanNode {
    if (!isTable(node)) return node
    const isMaterialized = this.#materialized.has(node.id)
    return Object.freeze({ ...node, isMaterialized, sendsOldValues: this.#sendsOld.has(node.id) })
  }

  #knowsOldValues(node: TableNode, force: boolean): boolean {
    if (node.kind === 'table-table-join') {
      // the old result is joined of the old row of one side, also where results are kept in a store
      for (const parent of node.parents) this.oldValues(parent, true)
      return true
    }
    if (this.#materialized.has(node.id)) return true
    if (node.kind === 'table-filter' || node.kind === 'table-map-values') return this.oldValues(node.parents[0]!, force)
    if (!force) return false
    this.#materialized.add(node.id)
    return true
  }
}

function isTable(node: PlanNode): node is TableNode {
  return 'isMaterialized' in node
}
