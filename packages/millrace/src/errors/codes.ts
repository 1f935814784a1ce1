/**
 * Every code a StreamsError can carry, with what it means. A code is part of the public API: it never changes its
 * meaning, and programs may branch on it.
 */
export const errorCodes = {
  // definition: thrown where the user wrote it
  TOPOLOGY_INVALID: 'A topology is defined wrongly.',
  NAME_INVALID: 'A name has characters or a length that Kafka does not take.',
  NAME_TAKEN: 'Two operations ask for the same name.',
  TOPIC_CONFLICT: 'One topic is used in two ways that exclude each other.',
  CALLBACK_ASYNC: 'A callback of a synchronous operation returned a promise.',
  CALLBACK_RESULT_INVALID: 'A callback returned something its operation cannot use.',
  OPTION_INVALID: 'An option has a value outside its range.',
  // start-up
  STARTUP_CHECK_FAILED: 'The start-up check found faults; `faults` lists all of them.',
  TOPIC_MISSING: 'A topic that the topology reads or writes does not exist.',
  PARTITIONS_DIFFER: 'Topics that one task reads together have different partition counts.',
  METADATA_TOO_LARGE: 'What a task has to commit with its offsets is more than a broker takes.',
  TABLE_MISSING: 'A table, or its keyspace, does not exist.',
  TABLE_DIFFERS: 'A table differs from its declaration.',
  FILE_UNREADABLE: 'A file cannot be read.',
  CSV_HEADER: 'The header of a CSV file lacks a column, or names one twice.',
  CSV_VALUE: 'A field of a CSV file cannot be read as its declared type.',
  CSV_KEY: 'A key of a CSV file is missing, or stands there twice.',
  // records and policies
  DESERIALIZE_FAILED: 'The bytes of a record cannot be read.',
  SCHEMA_MISMATCH: 'A value breaks its schema.',
  TIMESTAMP_INVALID: 'A timestamp is missing, negative or not a time.',
  PROCESS_FAILED: 'User code threw while a record was processed.',
  SERIALIZE_FAILED: 'A key or value cannot be written as bytes.',
  ROW_INVALID: 'A row cannot be written to its table as it is.',
  BUFFER_FULL: 'A suppression holds more updates back than its bounds allow.',
  // transports
  TRANSPORT_UNREACHABLE: 'No server of a transport answers.',
  TRANSPORT_FAILED: 'A transport failed in a way that retrying did not heal.',
  TRANSPORT_CLOSED: 'A transport was used after it was closed.',
  CONSUMER_FAILED: 'A consumer died more often than its restart budget allows.',
  PRODUCE_FAILED: 'Records could not be written to a topic.',
  PRODUCER_FENCED: 'Another producer has taken the transactional id; this one can write no more.',
  TRANSACTION_FAILED: 'A transaction cannot go on or be committed; abort it.',
  GENERATION_LOST: 'The consumer group has moved on; this member no longer owns what it tried to commit.',
  OFFSET_OUT_OF_RANGE: 'The position to read from is not in the log.',
  CODEC_MISSING: 'A batch is compressed with a codec that is not registered.',
  // sinks
  SINK_UNREACHABLE: 'No server of a sink answers.',
  SINK_WRITE_FAILED: 'A sink refused a row for good.',
  SINK_CLOSED: 'A sink was used after it was closed, or gave up because its task was lost.',
  QUERY_FAILED: 'A read from a table failed.',
  // state stores
  STORE_KEY_MISSING: 'A state store was called without a key.',
  STORE_KEY_TOO_LARGE: 'A key is longer than a persistent store can hold.',
  STORE_LOCKED: 'The folder of a persistent store is in use by another owner.',
  STORE_FAILED: 'A persistent store cannot be opened, read or written.',
  CHANGELOG_TRUNCATED: 'A changelog has lost what a commit relies on.',
  STORE_UNKNOWN: 'A topology has no store of that name.',
  STORE_ELSEWHERE: 'The part of a store that was asked for is in another process.',
  STORE_RESTORING: 'A store cannot be read while it is being restored.',
  STORE_CLOSED: 'A state store was used after it was closed.',
  // running
  LIFECYCLE_INVALID: 'A life-cycle change is not allowed from the present state.',
  TASK_STALLED: 'A task did not advance within its time limit.',
  THREAD_FAILED: 'A worker thread ended, or failed with an error that is not ours.',
  CLOSE_TIMED_OUT: 'Closing took longer than its time limit; what was not committed is read again.',
  SIMULATION_FAILED: 'A simulated run under faults ended otherwise than one without.',
  PACKAGE_MISSING: 'A package that this feature needs is not installed.',
} as const

/** A stable name of one kind of failure. */
export type ErrorCode = keyof typeof errorCodes
