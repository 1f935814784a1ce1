import type { ResponseJoinNode } from '../plan/foreign-key-nodes.ts'
import type { ValueAndTimestamp } from '../ports/state-store.ts'
import { murmur3 } from '../serde/murmur3.ts'
import type { SubscriptionAnswer } from '../serde/subscription.ts'
import type { UserFunction } from './callback.ts'
import { emitTable } from './emit-table.ts'
import { joinSelect, noResult } from './join-select.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { tableRows } from './table-rows.ts'
import { unstoredView } from './table-view.ts'

/**
 * The end of a foreign-key join: an answer counts only if the left row is still the one that asked, by its hash. One for
 * an older row is stale, and the answer for the present row is on its way.
 */
export function responseJoin(
  node: ResponseJoinNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const { id, type, leftKeySerde, leftValueSerde, rightValueSerde } = node
  const left = services.view(node.parents[1]!)
  const select = joinSelect(node, 'joinTable()', node.select as UserFunction, services)
  const rows = node.isMaterialized ? tableRows(node, services) : undefined
  if (rows === undefined) services.provideView(id, unstoredView)
  const write = emitTable(node, rows, forward, services)
  const hashOf = (row: unknown): Buffer | null => {
    const bytes = leftValueSerde.serialize(row, id)
    return bytes === null ? null : murmur3(bytes)
  }
  const fromRight: Forward = (primaryKey, value, timestamp) => {
    const answer = value as SubscriptionAnswer
    let key: unknown
    let current: ValueAndTimestamp<unknown> | undefined
    let row: unknown
    try {
      key = leftKeySerde.deserialize(primaryKey as Buffer, id)
      current = left.get(key)
      if (!isSame(answer.hash, current === undefined ? null : hashOf(current.value))) return
      row = answer.row === null ? undefined : rightValueSerde.deserialize(answer.row, id)
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    const isResult = current !== undefined && (type === 'left' || answer.row !== null)
    const joined = isResult ? select(current?.value, row, key) : null
    if (joined !== noResult) write(key, joined, rows?.get(key)?.value ?? null, timestamp, true)
  }
  return [fromRight, () => {}]
}

function isSame(asked: Buffer | null, now: Buffer | null): boolean {
  return asked === null || now === null ? asked === now : asked.equals(now)
}
