/** A number that only rises. Plain field access, so that counting costs one addition. */
export interface Counter {
  value: number
}

/** Counters by name and node. A counter is made once and kept. */
export interface Metrics {
  counter(name: MetricName, node: string): Counter
}

/**
 * records-consumed, records-produced, rows-written: what went in and out. records-skipped: by a policy;
 * dead-letters: handed to a dead-letter topic; records-dropped: by an operation's own rule (null key, late …);
 * null-keys-dropped: on the way to an internal topic, which Kafka Streams does not count among its dropped records.
 * records-repeated: of internal topics, written again after a crash and not processed again; records-restored: read
 * from changelogs.
 */
export type MetricName =
  | 'records-consumed'
  | 'records-produced'
  | 'rows-written'
  | 'records-skipped'
  | 'records-dropped'
  | 'null-keys-dropped'
  | 'records-repeated'
  | 'records-restored'
  | 'dead-letters'
  | 'commits'
  | 'commit-retries'
  | 'rebalances'
  | 'sink-retries'
