import type { StoreSpec } from '../../plan/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type {
  KeyValueStore,
  SessionStore,
  StateStore,
  TimeWindow,
  ValueAndTimestamp,
  VersionedKeyValueStore,
  WindowStore,
} from '../../ports/index.ts'

/**
 * Reads of the state that this process has, see `App.store`. A read by key goes to the task that has the key, and
 * throws STORE_ELSEWHERE where another process has it; reads over all keys give what is here, one task after the other.
 * While a task's store is being restored its reads throw STORE_RESTORING, which is retriable.
 */
export interface QueryableStore<K, V> {
  readonly name: string
  readonly kind: StoreSpec['kind']
  /** The value of a key; of a window or session store, that of the window that starts (and, sessions, ends) then. */
  get(key: K, windowStart?: number, sessionEnd?: number): V | undefined
  /** Key-value stores: both ends inclusive, by the order of serialised keys; undefined is an open end. */
  range(from: K | undefined, to: K | undefined): Iterable<readonly [K, V]>
  /** Window stores: windows of a key that start in `[from, to]`, ms; session stores: sessions that overlap it. */
  fetch(key: K, from: number, to: number): Iterable<readonly [TimeWindow, V]>
  /** Everything that is here; of window and session stores with the window. */
  all(): Iterable<readonly [K, V, TimeWindow?]>
}

/** Where the tasks of a store are found. */
export interface StorePlaces {
  /** Throws STORE_ELSEWHERE, STORE_RESTORING. */
  ofKey(key: unknown): StateStore
  /** Throws STORE_RESTORING while one of them is. */
  all(): readonly StateStore[]
}

type Timed<V> = V | ValueAndTimestamp<V>

export function queryableStore<K, V>(spec: StoreSpec, places: StorePlaces): QueryableStore<K, V> {
  const { name, kind } = spec
  const isTimestamped = kind === 'timestamped-key-value' || (kind === 'window' && spec.isTimestamped)
  const valueOf = (held: Timed<V> | undefined): V | undefined =>
    isTimestamped && held !== undefined ? (held as ValueAndTimestamp<V>).value : (held as V | undefined)
  const timed = (start: number): TimeWindow => ({
    start,
    end: kind === 'window' ? start + spec.windowSizeMs : start,
  })
  return {
    name,
    kind,
    get(key, start, end) {
      const store = places.ofKey(key)
      if (kind === 'window') return valueOf((store as WindowStore<K, Timed<V>>).get(key, needed(name, start)))
      if (kind === 'session') return (store as SessionStore<K, V>).get(key, needed(name, start), needed(name, end))
      if (kind === 'versioned') return (store as VersionedKeyValueStore<K, V>).get(key)?.value
      return valueOf((store as KeyValueStore<K, Timed<V>>).get(key))
    },
    *range(from, to) {
      if (kind !== 'key-value' && kind !== 'timestamped-key-value') throw noRange(name, kind)
      for (const store of places.all()) {
        for (const [key, held] of (store as KeyValueStore<K, Timed<V>>).range(from, to)) yield [key, valueOf(held)!]
      }
    },
    *fetch(key, from, to) {
      const store = places.ofKey(key)
      if (kind === 'session') yield* (store as SessionStore<K, V>).findSessions(key, from, to)
      else if (kind === 'window') {
        for (const [start, held] of (store as WindowStore<K, Timed<V>>).fetch(key, from, to)) {
          yield [timed(start), valueOf(held)!]
        }
      } else throw noRange(name, kind)
    },
    *all() {
      for (const store of places.all()) {
        if (kind === 'window') {
          for (const [key, start, held] of (store as WindowStore<K, Timed<V>>).all()) {
            yield [key, valueOf(held)!, timed(start)]
          }
        } else if (kind === 'session') {
          for (const [key, window, value] of (store as SessionStore<K, V>).all()) yield [key, value, window]
        } else if (kind === 'versioned') throw noRange(name, kind)
        else for (const [key, held] of (store as KeyValueStore<K, Timed<V>>).all()) yield [key, valueOf(held)!]
      }
    },
  }
}

function needed(storeName: string, time: number | undefined): number {
  if (time !== undefined) return time
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `A value of store '${storeName}' is found by its key and its window`,
    hint: 'Give get(key, windowStart), for sessions get(key, start, end), or use fetch(key, from, to).',
    storeName,
  })
}

function noRange(storeName: string, kind: StoreSpec['kind']): StreamsError {
  return new StreamsError({
    code: 'OPTION_INVALID',
    what: `Store '${storeName}' is of kind ${kind}, which has no such read`,
    hint: 'range() is for key-value stores, fetch() for window and session stores; versioned stores have get() alone.',
    storeName,
  })
}
