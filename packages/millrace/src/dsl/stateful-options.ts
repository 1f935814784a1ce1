import type { Serde } from '../serde/index.ts'
import type { NameOption, Partition } from './options.ts'
import type { OfKeySerde, OfValueSerde, TopologyTypeError } from './type-error.ts'

/** Where an operation keeps its state. */
export interface StateOptions extends NameOption {
  /** Names the store and its changelog. Default: the path of the operation. A named store can be read from outside. */
  readonly store?: string
  /** 'memory' (default) or 'persistent', on LMDB. */
  readonly storage?: 'memory' | 'persistent'
  /** Whether the store has a changelog topic. Default true. */
  readonly logged?: boolean
}

/** State whose updates may be gathered: only the last per key goes on, at the commit or when the cache is full. */
export interface CacheOptions {
  /** Bytes of the record cache. Default 0: every update goes on at once. */
  readonly cache?: number
}

/** Serdes of a key and a value where they cannot be known from the source. Default: text keys, JSON values. */
export interface SerdeOptions<K, V> {
  readonly key?: Serde<K> | TopologyTypeError<OfKeySerde>
  readonly value?: Serde<V> | TopologyTypeError<OfValueSerde>
}

/** State that is kept for a time. */
export interface RetentionOptions {
  /** How long windows are kept, ms. Default, and at least: their size and grace. */
  readonly retention?: number
}

export interface LateOptions<K, V> {
  /** Gets each record that came too late, once per window that it missed (`records-dropped` counts them). */
  readonly onLate?: (record: { readonly key: K; readonly value: V; readonly timestamp: number }) => void
}

export interface EmitOptions {
  /** 'on-update' (default): a result per update. 'on-window-close': one, when the window has closed. */
  readonly emit?: 'on-update' | 'on-window-close'
  /** Wall-clock silence, ms, after which windows close without new input. Default: they wait for it. */
  readonly closeOnIdle?: number
}

/** Of `groupBy()` and `groupByKey()`. `name` names the internal topic. */
export interface GroupOptions<K, V> extends NameOption, SerdeOptions<K, V> {}

export interface RepartitionOptions<K, V> extends NameOption, SerdeOptions<K, V> {
  /** Default: as many as the inputs that it is read together with. */
  readonly partitions?: number
  /**
   * Which partition of the internal topic a record goes to. Default: murmur2 of the key's bytes, so that equal keys meet.
   * Whoever joins or aggregates behind another choice must see to that himself.
   */
  readonly partition?: Partition<K, V>
}

/** Of operations that give a table: naming a store makes the table readable by lookups and from outside. */
export interface TableOptions<K, V> extends StateOptions, CacheOptions, SerdeOptions<K, V> {
  /** Keeps every version for so long, ms: joins see the row as it was at the record's time. */
  readonly versioned?: number
}

/** Of aggregations whose result is a number or text of a known serde. */
export interface AggregateOptions<K, A> extends StateOptions, CacheOptions, SerdeOptions<K, A> {}
