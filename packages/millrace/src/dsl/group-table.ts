import { callSite, checkName } from '../plan/index.ts'
import type { Handle } from './handle.ts'
import { KGroupedTable } from './k-grouped-table.ts'
import type { NameOption } from './options.ts'
import { keySerde, valueSerde } from './serdes-of.ts'
import type { SerdeOptions } from './stateful-options.ts'

type Callback = (...args: never[]) => unknown

/** Of `groupBy()` of a table. `name` names the internal topic. */
export interface TableGroupOptions<K, V> extends NameOption, SerdeOptions<K, V> {}

export function groupTable<K, V>(at: Handle, mapper: Callback, options: TableGroupOptions<K, V>): KGroupedTable<K, V> {
  if (options.name !== undefined) checkName(options.name, 'Repartition', callSite())
  const key = keySerde(options.key, {})
  const value = valueSerde(options.value, {})
  const grouped = at.add({ kind: 'table-group', mapper }, 'groupBy', {}, { key, value })
  return new KGroupedTable(grouped, {
    key,
    value,
    ...(options.name === undefined ? {} : { repartition: options.name }),
  })
}
