import type { Serde } from '../serde/index.ts'
import type { Policy } from '../plan/index.ts'
import type { OfKeySerde, OfValueSerde, TopologyTypeError } from './type-error.ts'

export interface NameOption {
  /** Names the operation; default: its path. */
  readonly name?: string
}

export interface ParseOptions<V> extends NameOption {
  /** What happens to a record that is not JSON or breaks the schema. Default `fail`. */
  readonly onInvalid?: Policy
  /** Event time of the record from here on. Default: unchanged. A text must carry its offset from UTC. */
  readonly at?: (value: V) => number | Date | string
  /** With an asynchronous schema: validations under way at a time. Default 16. */
  readonly concurrency?: number
}

export interface WindowByHourOptions<V, As extends string> extends NameOption {
  /** The time that is bucketed. Default: the record's event time. A zone-less text is read in `zone`. */
  readonly at?: (value: V) => number | Date | string
  /** IANA zone whose hours count, e.g. 'UTC' or 'Europe/Athens'. Never the machine's. */
  readonly zone: string
  /** The field that gets the bucket, as `yyyy-MM-dd HH:00`. */
  readonly as: As
  /** Adds the UTC offset to the bucket, so that a repeated hour gets two. Default false. */
  readonly offset?: boolean
}

export interface SinkTableOptions extends NameOption {
  /** Longest time a row waits before it is written, ms. Default 1,000. */
  readonly every?: number
  /** Writing starts at this many buffered rows, per task. Default 5,000. */
  readonly maxRows?: number
  /** Writing starts at about this many buffered bytes, per task. Default 4 MiB. */
  readonly maxBytes?: number
  /** What decides between two writes of one row. Default 'record': the record's time, its offset as tie-break. */
  readonly writeTime?: 'record' | 'offset' | 'none'
  /** Seconds until a row expires. Default: never. */
  readonly ttlSeconds?: number
  /** What happens to a row that the table refuses for good. Default `fail`. */
  readonly onRejected?: Policy
}

/**
 * Chooses a partition from 0 to `partitions` - 1, or several, which each get the record, or none (`[]`: it is dropped
 * and counted); undefined for the default.
 */
export type Partition<K, V> = (
  key: K,
  value: V,
  topic: string,
  partitions: number,
) => number | readonly number[] | undefined

export interface ToOptions<K, V> extends NameOption {
  /** How keys are written. Default: text as UTF-8, bytes as they are. */
  readonly key?: Serde<NonNullable<K>> | TopologyTypeError<OfKeySerde>
  /** How values are written. Default: bytes as they are, anything else as JSON. */
  readonly value?: Serde<NonNullable<V>> | TopologyTypeError<OfValueSerde>
  /** Which partition of its topic a record goes to. Default: murmur2 of the key's bytes; any one for a null key. */
  readonly partition?: Partition<K, V>
  /** What happens to a record that cannot be written. Default `fail`. */
  readonly onError?: Policy
  /** With a function that names topics: all that it may name, for the start-up check. Each must exist. */
  readonly topics?: readonly string[]
}

/** `unknown` where `to()` knows how to write keys by itself, else the sentence. */
export type KeyWritable<K> = [K] extends [string | Buffer | null]
  ? unknown
  : TopologyTypeError<'to() needs a serde for keys that are neither text nor bytes: give { key: … }'>

/** Of `to()` where the key is neither text nor bytes. */
export interface ToOptionsWithKey<K, V> extends ToOptions<K, V> {
  readonly key: Serde<NonNullable<K>> | TopologyTypeError<OfKeySerde>
}
