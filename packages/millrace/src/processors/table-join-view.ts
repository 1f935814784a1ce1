import type { TableTableJoinNode } from '../plan/index.ts'
import type { ValueAndTimestamp } from '../ports/state-store.ts'
import { noResult } from './join-select.ts'
import type { TableView } from './table-view.ts'

/** Looks rows of a join up that has no store of its own: joins the rows that its parents have now. */
export function tableJoinView(
  type: TableTableJoinNode['type'],
  left: TableView,
  right: TableView,
  select: (left: unknown, right: unknown, key: unknown) => unknown,
): TableView {
  return {
    isVersioned: false,
    get(key): ValueAndTimestamp<unknown> | undefined {
      const a = left.get(key)
      if (a === undefined && type !== 'outer') return undefined
      const b = right.get(key)
      if (b === undefined && (type === 'inner' || a === undefined)) return undefined
      const value = select(a?.value, b?.value, key)
      if (value === null || value === noResult) return undefined
      return { value, timestamp: Math.max(a?.timestamp ?? -1, b?.timestamp ?? -1) }
    },
  }
}
