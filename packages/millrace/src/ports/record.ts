/** One header. Kafka allows several of the same name, in order. */
export interface RecordHeader {
  readonly name: string
  readonly value: Buffer | null
}
export type RecordHeaders = readonly RecordHeader[]

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Where the record that is being processed came from. `partition` and `offset` are -1 where there is no such record. */
export interface RecordOrigin extends TopicPartition {
  readonly offset: number
}

/** What a function that chooses topics may know of a record besides key and value: where it came from, its time, headers. */
export interface RecordContext extends RecordOrigin {
  /** Event time, ms. */
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/**
 * The records of one partition, in offset order, as one fetch brought them: a cursor, so that no object per record is
 * made. May be empty (a fetched batch of control records only); `nextOffset` still advances.
 */
export interface RecordBatch extends TopicPartition {
  readonly count: number
  /** Size of keys and values, bytes; used to bound queues. */
  readonly sizeBytes: number
  /** The offset after the last one this batch covers. */
  readonly nextOffset: number
  /** The end of the partition's log when the batch was fetched. */
  readonly highWatermark: number
  offset(index: number): number
  /** The record's Kafka timestamp, ms since the epoch. */
  timestamp(index: number): number
  key(index: number): Buffer | null
  value(index: number): Buffer | null
  headers(index: number): RecordHeaders
}

/** A record on its way to a topic; its partition is already decided. */
export interface OutgoingRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** ms since the epoch */
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/** What the `at` of a source may know besides the value. */
export interface RecordTime {
  /** The record's own Kafka timestamp, ms; negative where its producer set none. */
  readonly timestamp: number
  /** The largest event time that the partition has brought before, ms; -1 at first. */
  readonly partitionTime: number
  /** ms */
  readonly wallClock: number
}
