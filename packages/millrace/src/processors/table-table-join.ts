import type { TableTableJoinNode } from '../plan/index.ts'
import type { UserFunction } from './callback.ts'
import type { Change } from './change.ts'
import { cacheBytesOf, emitTable, type WriteRow } from './emit-table.ts'
import { joinSelect, noResult } from './join-select.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { tableJoinView } from './table-join-view.ts'
import { tableRows } from './table-rows.ts'
import type { TableView } from './table-view.ts'

interface Side {
  readonly own: TableView
  readonly other: TableView
  /** Whether a row of this side needs one of the other to be a result. */
  readonly needsOther: boolean
  /** Whether the other side needs a row of this one. */
  readonly isNeeded: boolean
  /** `(mine, other, key)` */
  readonly select: (mine: unknown, other: unknown, key: unknown) => unknown
}

export function tableTableJoin(
  node: TableTableJoinNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const left = services.view(node.parents[0]!)
  const right = services.view(node.parents[1]!)
  const select = joinSelect(node, 'joinTable()', node.select as UserFunction, services)
  const rows = node.isMaterialized ? tableRows(node, services) : undefined
  if (rows === undefined) services.provideView(node.id, tableJoinView(node.type, left, right, select))
  const write = emitTable(node, rows, forward, services)
  const isCached = cacheBytesOf(node) > 0
  const emit: WriteRow = (key, newValue, oldValue, timestamp, isLatest) => {
    // a cache has to know what it replaces to tell whether there is anything to send
    write(key, newValue, isCached ? (rows?.get(key)?.value ?? null) : oldValue, timestamp, isLatest)
  }
  const mirrored: Side['select'] = (mine, other, key) => select(other, mine, key)
  const needsRight = node.type === 'inner'
  const needsLeft = node.type !== 'outer'
  const sides: readonly Side[] = [
    { own: left, other: right, needsOther: needsRight, isNeeded: needsLeft, select },
    { own: right, other: left, needsOther: needsLeft, isNeeded: needsRight, select: mirrored },
  ]
  return sides.map((one) => side(node, one, services, emit))
}

function side(
  node: TableTableJoinNode,
  { own, other, needsOther, isNeeded, select }: Side,
  services: ProcessorServices,
  emit: WriteRow,
): Forward {
  const dropped = services.counter('records-dropped', node.id)
  const sendsOld = node.sendsOldValues === true
  return (key, value, timestamp) => {
    const { newValue, oldValue, isLatest } = value as Change
    if (!isLatest && own.isVersioned) {
      dropped.value++
      return
    }
    const found = other.get(key)
    // a deletion goes on only where there can be something to delete
    if (found === undefined && (needsOther || (newValue === null && oldValue === null))) return
    const theirs = found?.value
    const join = (mine: unknown): unknown => {
      if (mine === null && (isNeeded || found === undefined)) return null
      return select(mine === null ? undefined : mine, theirs, key)
    }
    const joined = join(newValue)
    if (joined === noResult) return
    const replaced = sendsOld ? join(oldValue) : null
    if (replaced === noResult) return
    emit(key, joined, replaced, found === undefined ? timestamp : Math.max(timestamp, found.timestamp), isLatest)
  }
}
