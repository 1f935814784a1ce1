import { callSite, checkName } from '../plan/index.ts'
import { type Handle, storeFields } from './handle.ts'
import { KGroupedStream } from './k-grouped-stream.ts'
import { KTable } from './k-table.ts'
import { keySerde, valueSerde } from './serdes-of.ts'
import type { GroupOptions, TableOptions } from './stateful-options.ts'
import { cacheBytesOf } from './checked-option.ts'
import { tableStore } from './table-store.ts'

type Callback = (...args: never[]) => unknown

/** `groupByKey`, or `groupBy` with a selector. */
export function groupStream<K, V>(
  at: Handle,
  selector: Callback | undefined,
  options: GroupOptions<K, V>,
): KGroupedStream<K, V> {
  if (options.name !== undefined) checkName(options.name, 'Repartition', callSite())
  const keyed =
    selector === undefined
      ? at
      : at.add({ kind: 'select-key', mapper: selector }, 'groupBy', {}, { value: at.serdes.value })
  const key = keySerde(options.key, keyed.serdes)
  const value = valueSerde(options.value, keyed.serdes)
  return new KGroupedStream(keyed, { key, value, ...(options.name === undefined ? {} : { repartition: options.name }) })
}

/** A stream's latest values as a table. */
export function toTable<K, V, T>(at: Handle, options: TableOptions<K, V>): KTable<K, T> {
  const key = keySerde(options.key, at.serdes)
  const value = valueSerde(options.value, at.serdes)
  const id = at.idOf('toTable', options)
  const input = at.repartitioned(id, key, value)
  const fields = storeFields(id, options, key, value)
  const node = {
    kind: 'table-source',
    store: tableStore(fields, options.versioned),
    isMaterialized: options.store !== undefined || options.versioned !== undefined,
    cacheBytes: cacheBytesOf(options),
  } as const
  return new KTable(input.add(node, 'toTable', options, { key, value }))
}
