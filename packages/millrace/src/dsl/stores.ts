import type { StoreSpec, WindowStoreSpec } from '../plan/index.ts'
import type {
  KeyValueStore,
  SessionStore,
  StateStore,
  TimestampedKeyValueStore,
  ValueAndTimestamp,
  VersionedKeyValueStore,
  WindowStore,
} from '../ports/state-store.ts'
import type { Serde } from '../serde/index.ts'
import { invalidOption, notNegativeMs, positiveMs } from './checked-option.ts'
import { storeFields } from './handle.ts'

/** A store of the topology's own, made with `t.store()` and given to processors. */
export interface StoreHandle<Store extends StateStore> {
  readonly name: string
  readonly spec: StoreSpec
  /** Types only. */
  readonly store?: Store
}

export interface StoreOptions<K, V> {
  /** Outlives deploys: the changelog is named after it. */
  readonly name: string
  readonly key: Serde<K>
  readonly value: Serde<V>
  /** 'memory' (default) or 'persistent', on LMDB. */
  readonly storage?: 'memory' | 'persistent'
  /** Whether it has a changelog topic. Default true. */
  readonly logged?: boolean
}

/** Values by key. */
export function keyValueStore<K, V>(options: StoreOptions<K, V>): StoreHandle<KeyValueStore<K, V>> {
  return { name: options.name, spec: { kind: 'key-value', ...fields(options) } }
}

/** Values with their time by key. */
export function timestampedKeyValueStore<K, V>(
  options: StoreOptions<K, V>,
): StoreHandle<TimestampedKeyValueStore<K, V>> {
  return { name: options.name, spec: { kind: 'timestamped-key-value', ...fields(options) } }
}

export interface WindowStoreOptions<K, V> extends StoreOptions<K, V> {
  /** ms */
  readonly size: number
  /** How long windows are kept behind the largest start put, ms; at least the size. */
  readonly retention: number
}

/** Values by key and window start. */
export function windowStore<K, V>(
  options: WindowStoreOptions<K, V> & { readonly retainDuplicates?: boolean },
): StoreHandle<WindowStore<K, V>> {
  return { name: options.name, spec: windowSpec(options, false, options.retainDuplicates ?? false) }
}

/** Values with their time by key and window start: what windowed aggregates are kept in. */
export function timestampedWindowStore<K, V>(
  options: WindowStoreOptions<K, V>,
): StoreHandle<WindowStore<K, ValueAndTimestamp<V>>> {
  return { name: options.name, spec: windowSpec(options, true, false) }
}

function windowSpec<K, V>(
  options: WindowStoreOptions<K, V>,
  isTimestamped: boolean,
  retainDuplicates: boolean,
): WindowStoreSpec {
  const { size, retention } = options
  if (positiveMs('retention', retention) < positiveMs('size', size)) {
    throw invalidOption('retention', retention, `Make it at least the size, ${size}.`)
  }
  return {
    kind: 'window',
    retentionMs: retention,
    windowSizeMs: size,
    isTimestamped,
    retainDuplicates,
    ...fields(options),
  }
}

/** Values by key and session. */
export function sessionStore<K, V>(
  options: StoreOptions<K, V> & { readonly retention: number },
): StoreHandle<SessionStore<K, V>> {
  return {
    name: options.name,
    spec: { kind: 'session', retentionMs: positiveMs('retention', options.retention), ...fields(options) },
  }
}

/** Every value a key has had, for `history` ms. */
export function versionedStore<K, V>(
  options: StoreOptions<K, V> & { readonly history: number },
): StoreHandle<VersionedKeyValueStore<K, V>> {
  return {
    name: options.name,
    spec: { kind: 'versioned', historyMs: notNegativeMs('history', options.history), ...fields(options) },
  }
}

function fields<K, V>(options: StoreOptions<K, V>): ReturnType<typeof storeFields> {
  const { name, storage, logged } = options
  const where = {
    store: name,
    ...(storage === undefined ? {} : { storage }),
    ...(logged === undefined ? {} : { logged }),
  }
  return storeFields(name, where, options.key, options.value)
}
