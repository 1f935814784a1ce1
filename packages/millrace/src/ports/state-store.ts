import type { TimeWindow, Windowed } from '../serde/windowed.ts'

export type { TimeWindow, Windowed }

/**
 * What every state store has. Stores are synchronous, belong to one task, and are used by it alone. Whatever kind they
 * are and wherever they live, they give the same answers: what is read is what the serde makes of the bytes written, so
 * an object that was put in is never handed out again by reference.
 */
export interface StateStore {
  readonly name: string
  readonly isPersistent: boolean
  /**
   * The writes since the last call, one per changelog key (the last one wins), in the order of their first change, as
   * a changelog holds them. What came and went within one set is not told, unless whoever restores would miss the
   * observed time. Versioned stores: one per key and time, and behind a late one the latest of its key again, as it
   * must be the one that log compaction keeps.
   *
   * Seals: what was written until now, and nothing later, is what the next flush of the task brings to disk. Ends a
   * restore, too: from now on a flush drops what has expired.
   */
  takeChanges(): readonly StoreChange[]
  /**
   * Puts a changelog record back, without making a change of it. Nothing expires meanwhile, and a flush takes along
   * what was restored. After the records of a commit the observed time is what it was at that commit.
   */
  restore(change: StoreChange): void
  /**
   * Says that the changelog holds, behind what was restored, this record of somebody else: the next takeChanges()
   * tells what stands in the store instead. To be called behind all restores. Stores without a changelog ignore it.
   */
  touch(change: StoreChange): void
  /** About how many bytes were written since the last takeChanges(); 0 for what is neither logged nor persistent. */
  readonly pendingBytes: number
  close(): void
}

/** One record of a store's changelog, in Kafka Streams' byte layout. */
export interface StoreChange {
  readonly key: Buffer
  /** null deletes. */
  readonly value: Buffer | null
  /**
   * ms; the value's time; else the window's start or session's end; 0 in key-value stores without times. Of a
   * retraction in a window or session store: the observed time, which is restored with it.
   */
  readonly timestamp: number
  /**
   * There never was such a record: somebody wrote it who had lost the task, or did not commit. Restoring this makes the
   * store as if it had not been put; a mere deletion would leave a tombstone, or move the observed time. Value is null.
   */
  readonly isRetraction?: true
}

export interface RangeOptions {
  /** Descending by serialised key. Default ascending. */
  readonly reverse?: boolean
}

/** What can be read by key, also of a table. Changes made during an iteration may or may not show in it. */
export interface ReadableKeyValueStore<K, V> {
  get(key: K): V | undefined
  /** Both ends inclusive, by the order of serialised keys; undefined is an open end. */
  range(from: K | undefined, to: K | undefined, options?: RangeOptions): Iterable<readonly [K, V]>
  /** Keys whose serialised form begins with `prefix`. */
  prefixScan(prefix: Buffer, options?: RangeOptions): Iterable<readonly [K, V]>
  all(options?: RangeOptions): Iterable<readonly [K, V]>
  readonly size: number
}

export interface KeyValueStore<K, V> extends StateStore, ReadableKeyValueStore<K, V> {
  /** `undefined` or `null` deletes. */
  put(key: K, value: V | null | undefined): void
  /** Gives what was there; writes only if that is undefined. */
  putIfAbsent(key: K, value: V): V | undefined
  /** Gives what was there. */
  delete(key: K): V | undefined
}

export interface ValueAndTimestamp<V> {
  readonly value: V
  /** ms */
  readonly timestamp: number
}

/** Values with their time: what tables and aggregates are kept in (8-byte timestamp, then the value's bytes). */
export interface TimestampedKeyValueStore<K, V> extends KeyValueStore<K, ValueAndTimestamp<V>> {
  readonly isTimestamped: true
}

/**
 * Values by key and window start, kept for `retentionMs` of the store's own observed time (the largest start ever put).
 * A window is expired when `start < observed − retention + 1`: putting it is ignored and counted, reading gives nothing.
 */
export interface WindowStore<K, V> extends StateStore {
  readonly retentionMs: number
  /** How many puts were ignored because their window had expired. */
  readonly expiredPuts: number
  /** Largest start put so far; -1 before the first. */
  readonly observedTime: number
  /** `null` deletes, except where duplicates are kept: there it is ignored. Gives false when the window had expired. */
  put(key: K, value: V | null, windowStart: number): boolean
  /** Duplicates: the first. */
  get(key: K, windowStart: number): V | undefined
  /** `[windowStart, value]` with `from ≤ start ≤ to`, ascending by start, duplicates in the order put. */
  fetch(key: K, from: number, to: number, options?: RangeOptions): Iterable<readonly [number, V]>
  /** All keys between (inclusive, undefined is open) with `from ≤ start ≤ to`, ordered by start, then serialised key. */
  fetchRange(
    keyFrom: K | undefined,
    keyTo: K | undefined,
    from: number,
    to: number,
    options?: RangeOptions,
  ): Iterable<readonly [K, number, V]>
  all(options?: RangeOptions): Iterable<readonly [K, number, V]>
}

/** Values by key and session `[start, end]`, both inclusive; expiry by `end` against the largest end ever put. */
export interface SessionStore<K, V> extends StateStore {
  readonly retentionMs: number
  readonly expiredPuts: number
  readonly observedTime: number
  put(key: K, window: TimeWindow, value: V | null): boolean
  get(key: K, start: number, end: number): V | undefined
  /** Sessions of a key with `end ≥ earliestEnd` and `start ≤ latestStart`, ascending by end, then start. */
  findSessions(key: K, earliestEnd: number, latestStart: number): Iterable<readonly [TimeWindow, V]>
  /** Sessions of any key that end in `[from, to]`, ordered by end, start, serialised key. */
  findByEnd(from: number, to: number): Iterable<readonly [K, TimeWindow, V]>
  all(): Iterable<readonly [K, TimeWindow, V]>
}

/**
 * Every value a key has had, within a history (KIP-889). `put` answers as Kafka Streams does: -1 when the version is the
 * latest, else the time until which it is valid, `Number.MIN_SAFE_INTEGER` when it is too old and was ignored.
 */
export interface VersionedKeyValueStore<K, V> extends StateStore {
  readonly historyMs: number
  /** How many puts were ignored because they were older than the history. */
  readonly expiredPuts: number
  readonly observedTime: number
  put(key: K, value: V | null, timestamp: number): number
  /** The latest version; undefined when that is a tombstone. */
  get(key: K): ValueAndTimestamp<V> | undefined
  /** The version valid at `asOf`; undefined for a tombstone or a time before the history (a latest value always answers). */
  getAsOf(key: K, asOf: number): ValueAndTimestamp<V> | undefined
  delete(key: K, timestamp: number): ValueAndTimestamp<V> | undefined
}
