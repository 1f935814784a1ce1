export type { Clock } from './clock.ts'
export type { LogFields, Logger } from './logger.ts'
export type { LookupTable, LookupTableSpec } from './lookup-table.ts'
export type { Counter, MetricName, Metrics } from './metrics.ts'
export type {
  OutgoingRecord,
  RecordBatch,
  RecordContext,
  RecordHeader,
  RecordHeaders,
  RecordOrigin,
  RecordTime,
  TopicPartition,
} from './record.ts'
export type {
  AggregateQuery,
  PartitionQuery,
  Sink,
  SinkListener,
  SinkStats,
  SinkWriter,
  TableReader,
  TableSinkOptions,
  TableStore,
} from './sink.ts'
export type { Column, Columns, CqlType, TableSpec } from './table.ts'
export type { ColumnName, NumericColumn, PartitionOf, RowOf, WriteRow } from './table-row.ts'
export type {
  Assignment,
  AssignmentInput,
  CommittedOffset,
  ConsumerListener,
  ConsumerOptions,
  GroupAssignor,
  GroupMember,
  NewTopic,
  PartitionOffset,
  ProduceAck,
  ProduceBatch,
  ProducerOptions,
  ReaderListener,
  ReaderOptions,
  TransactionalProducer,
  TransactionalProducerOptions,
  Transport,
  TransportAdmin,
  TransportConsumer,
  TransportProducer,
  TransportReader,
} from './transport.ts'
export type {
  KeyValueStore,
  RangeOptions,
  ReadableKeyValueStore,
  SessionStore,
  StateStore,
  StoreChange,
  TimestampedKeyValueStore,
  TimeWindow,
  ValueAndTimestamp,
  VersionedKeyValueStore,
  Windowed,
  WindowStore,
} from './state-store.ts'
export type { ForwardedRecord, Processor, ProcessorContext, ProcessorRecord } from './processor-api.ts'
