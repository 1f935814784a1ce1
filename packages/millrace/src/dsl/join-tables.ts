import { type Handle, storeFields, topicSafe } from './handle.ts'
import type { JoinForeignKeyOptions, JoinTablesOptions } from './join-options.ts'
import { keySerde, valueSerde } from './serdes-of.ts'
import { cacheBytesOf } from './checked-option.ts'
import { tableStore } from './table-store.ts'

type Callback = (...args: never[]) => unknown

/** Options whose types the signature of `joinTable` has checked. */
export type AnyTableJoin = Omit<JoinTablesOptions<unknown, unknown, unknown, 'outer', unknown>, 'select'> & {
  readonly select: Callback
}
export type AnyForeignKeyJoin = Omit<
  JoinForeignKeyOptions<unknown, unknown, unknown, unknown, 'left', unknown>,
  'select' | 'on'
> & { readonly select: Callback; readonly on: Callback }

/** Two tables of the same key. */
export function joinTables(left: Handle, right: Handle, options: AnyTableJoin): Handle {
  const key = keySerde(undefined, { key: left.serdes.key ?? right.serdes.key })
  const value = valueSerde(options.value, {})
  const node = {
    kind: 'table-table-join',
    type: options.type as 'inner' | 'left' | 'outer',
    select: options.select,
    ...resultTable(left, options, key, value),
  } as const
  return left.add(node, 'joinTable', options, { key, value: options.value === undefined ? undefined : value }, [right])
}

/** A table with the rows of another that its own rows name. */
export function joinForeignKey(left: Handle, right: Handle, options: AnyForeignKeyJoin): Handle {
  const key = keySerde(undefined, left.serdes)
  const value = valueSerde(options.value, {})
  const id = left.idOf('joinTable', options)
  const subscriptions = storeFields(`${topicSafe(options.store ?? id)}-subscriptions`, {}, key, value)
  const node = {
    kind: 'foreign-key-join',
    type: options.type as 'inner' | 'left',
    foreignKey: options.on,
    select: options.select,
    subscriptionStore: { kind: 'key-value', ...subscriptions },
    leftKeySerde: key,
    rightKeySerde: keySerde(undefined, right.serdes),
    leftValueSerde: valueSerde(undefined, left.serdes),
    rightValueSerde: valueSerde(undefined, right.serdes),
    ...resultTable(left, options, key, value),
  } as const
  return left.add(node, 'joinTable', options, { key, value: options.value === undefined ? undefined : value }, [right])
}

function resultTable(
  at: Handle,
  options: {
    readonly name?: string
    readonly store?: string
    readonly storage?: 'memory' | 'persistent'
    readonly logged?: boolean
    readonly cache?: number
  },
  key: ReturnType<typeof keySerde>,
  value: ReturnType<typeof valueSerde>,
) {
  return {
    store: tableStore(storeFields(at.idOf('joinTable', options), options, key, value), undefined),
    isMaterialized: options.store !== undefined,
    cacheBytes: cacheBytesOf(options),
  }
}
