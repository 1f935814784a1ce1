/**
 * Turns keys or values of one type into bytes and back. A null key or value (a tombstone) is never passed in: callers
 * handle it. Both methods throw a StreamsError and nothing else.
 */
export interface Serde<T> {
  /** What `describe()` and errors call it. */
  readonly name: string
  /** Throws SERIALIZE_FAILED. `null` writes a tombstone. */
  serialize(value: T, topic: string): Buffer | null
  /** Throws DESERIALIZE_FAILED or SCHEMA_MISMATCH. `bytes` is a slice that later fetches may share: copy what is kept. */
  deserialize(bytes: Buffer, topic: string): T
  /** For keys: the part of what `serialize` gave whose hash decides the partition. Default: all of it. */
  partitionedBy?(bytes: Buffer): Buffer
}
