import type { StreamTableJoinNode } from '../plan/index.ts'
import type { UserFunction } from './callback.ts'
import { joinSelect, noResult, withRow } from './join-select.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { StreamTableBuffer } from './stream-table-buffer.ts'

/** Only stream records give results; the table's updates are seen by the records that come after them. */
export function streamTableJoin(
  node: StreamTableJoinNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const { type, graceMs, bufferStore } = node
  const isLeft = type === 'left'
  const dropped = services.counter('records-dropped', node.id)
  const table = services.view(node.parents[1]!)
  const select = joinSelect(node, 'joinTable()', (node.select ?? withRow) as UserFunction, services)
  const emit = (key: unknown, value: unknown, row: unknown, timestamp: number): void => {
    const joined = select(value, row, key)
    if (joined !== noResult) forward(key, joined, timestamp)
  }
  const join: Forward = (key, value, timestamp) => {
    const found = table.isVersioned ? table.getAsOf?.(key, timestamp) : table.get(key)
    if (found !== undefined || isLeft) emit(key, value, found?.value, timestamp)
  }
  const buffer =
    graceMs === undefined || bufferStore === undefined
      ? undefined
      : new StreamTableBuffer(bufferStore, graceMs, services, join)
  const fromStream: Forward = (key, value, timestamp) => {
    const isKeyless = key === null || key === undefined
    if (value === null || value === undefined || (isKeyless && !isLeft)) dropped.value++
    else if (isKeyless) emit(key, value, undefined, timestamp)
    else if (buffer === undefined) join(key, value, timestamp)
    else buffer.add(key, value, timestamp)
  }
  return [fromStream, () => {}]
}
