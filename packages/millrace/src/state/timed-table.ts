import type { StoreChange } from '../ports/state-store.ts'
import type { KeyId } from './held-key.ts'

/** Of a window: time is its start, minor its sequence number. Of a session: its end and its start. */
export interface TimedRow {
  readonly id: KeyId
  readonly time: number
  readonly minor: number
}

/** The changelog key of a row. */
export type ChangelogKey = (row: TimedRow) => Buffer

/**
 * Values by key and time with a retention: what window and session stores stand on. What is expired, i.e.
 * `time ≤ observed − retention`, is never handed out.
 */
export interface TimedTable<V> {
  readonly observedTime: number
  readonly expiredPuts: number
  /** For the minor of windows that keep duplicates. */
  nextSequence(): number
  /** False when it has expired. null deletes. */
  put(id: KeyId, time: number, minor: number, value: V | null | undefined): boolean
  /** The first at this time whose minor is not smaller. */
  get(id: KeyId, time: number, minor: number): V | undefined
  /** A copy of the rows of a key with `from ≤ time ≤ to`, ascending by time, then minor. */
  ofKey(id: KeyId, from: number, to: number): TimedRow[]
  /** The rows of all keys with `from ≤ time ≤ to`, by time, then in the order of `compare`. */
  byTime(from: number, to: number, compare: CompareRows, isReverse?: boolean): Iterable<TimedRow>
  /** Of a row that this table gave. */
  read(row: TimedRow): V
  /** About how many bytes were written since the last takeChanges(). */
  readonly pendingBytes: number
  /** Each row once, in the order of first changes. */
  takeChanges(keyOf: ChangelogKey): StoreChange[]
  restore(id: KeyId, time: number, minor: number, change: StoreChange): void
  touch(id: KeyId, time: number, minor: number, change: StoreChange): void
  clear(): void
}

export type CompareRows = (a: TimedRow, b: TimedRow) => number

/** Makes a row as if it had never been, and restores the observed time with it. */
export function retraction(key: Buffer, observedTime: number): StoreChange {
  return { key, value: null, timestamp: observedTime, isRetraction: true }
}
