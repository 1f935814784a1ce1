import type { Synchronous, TopologyTypeError } from '../errors/index.ts'
import type { RecordHeaders, RecordOrigin } from './record.ts'
import type { ReadableKeyValueStore, StateStore } from './state-store.ts'

/** A record as a processor of the user's own sees it. */
export interface ProcessorRecord<K, V> {
  readonly key: K
  readonly value: V
  /** Event time, ms. */
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/** What a processor forwards; what is left out is that of the record being processed. */
export interface ForwardedRecord<K, V> {
  readonly key: K
  readonly value: V
  /** Event time, ms; negative is refused with TIMESTAMP_INVALID. */
  readonly timestamp?: number
  readonly headers?: RecordHeaders
}

/** Stores, and the rows of tables, by the names that a processor calls them. */
type ConnectedStores = Readonly<Record<string, StateStore | ReadableKeyValueStore<unknown, unknown>>>

/**
 * A processor's surroundings: one per task. `stores` are those named in the options of `process()`, by the names given
 * there.
 */
export interface ProcessorContext<K, V, Stores extends ConnectedStores | TopologyTypeError<string>> {
  readonly taskId: string
  readonly stores: Stores
  /** Hands a record on, at once and depth first: to every operation that follows, or to the one of that name. */
  forward(record: ForwardedRecord<K, V>, child?: string): void
  /**
   * Calls back every `intervalMs`. 'stream-time': whenever the task's stream time has passed the next multiple of the
   * interval, once however many it passed; the argument is the stream time. 'wall-clock': first an interval from now;
   * missed ones collapse; the argument is the wall clock. The result cancels it, from inside the callback too.
   */
  schedule(intervalMs: number, type: 'stream-time' | 'wall-clock', callback: (timestamp: number) => void): () => void
  /** Asks for a commit soon. */
  commit(): void
  /** The largest event time that the task has seen, ms; -1 before the first record. */
  readonly streamTime: number
  /** ms */
  readonly wallClock: number
  /** Where the record being processed came from; undefined in a scheduled callback. */
  readonly origin: RecordOrigin | undefined
}

/** What the function given to `process()` makes, anew for every task. */
export interface Processor<K, V> {
  /** Synchronous: a promise is refused. */
  process(
    record: ProcessorRecord<K, V>,
  ): Synchronous<'a processor is synchronous: await in mapValuesAsync() before it instead of returning a promise'>
  close?(): void
}
