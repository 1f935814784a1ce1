export {
  bigint,
  blob,
  boolean,
  double,
  float,
  int,
  smallint,
  text,
  timestamp,
  tinyint,
  uuid,
} from './adapters/cassandra/columns.ts'
export type { CassandraOptions } from './adapters/cassandra/options.ts'
export { cassandraTable, type RowOf, type WriteRow } from './adapters/cassandra/table.ts'
export {
  csvBoolean,
  type CsvColumn,
  type CsvColumnOptions,
  csvInteger,
  csvNumber,
  type CsvRow,
  csvTable,
  type CsvTableOptions,
  csvText,
} from './adapters/csv/index.ts'
export {
  embedded,
  type BrokerFault,
  type BrokerFaults,
  type BrokerRequest,
  type EmbeddedOptions,
  type EmbeddedServer,
} from './adapters/embedded/index.ts'
export { lookupTable } from './adapters/memory/lookup-table.ts'
export type { KafkaOptions, KafkaSasl, KafkaTls } from './adapters/kafkajs/options.ts'
export * from './dsl/index.ts'
export {
  errorCodes,
  type ErrorCode,
  type ErrorContext,
  messageOf,
  StartupError,
  type StartupFault,
  StreamsError,
} from './errors/index.ts'
export { deadLetter, fail, skip, type Plan, type PlanNode, type Policy } from './plan/index.ts'
export { App } from './runtime/app.ts'
export type { AppMetrics, StandbyMetrics, TaskMetrics } from './runtime/app-metrics.ts'
export { connectTransport, type ConnectOptions } from './runtime/connect-transport.ts'
export { createTable } from './runtime/create-table.ts'
export type { AppState } from './runtime/lifecycle.ts'
export { partitionOf } from './serde/murmur2.ts'
export { openTable, type OpenTableOptions, type TablePlace } from './runtime/open-table.ts'
export { run } from './runtime/run.ts'
export type { Guarantee, RunOptions } from './runtime/run-options.ts'
export type { KeyLocation } from './runtime/queries/store-queries.ts'
export type { QueryableStore } from './runtime/queries/queryable-store.ts'
export type { ThreadsOptions } from './runtime/threads/run-threads.ts'
export type { TopologyModule } from './runtime/threads/thread-messages.ts'
export { ThreadedApp } from './runtime/threads/threaded-app.ts'
export { systemClock } from './runtime/system-clock.ts'
export { Table, type TablePartition } from './runtime/table.ts'
export {
  bytes,
  integer,
  json,
  long,
  nullable,
  number,
  type Serde,
  sessionWindowed,
  string,
  type TimeWindow,
  type Windowed,
  windowed,
} from './serde/index.ts'
export { days, type Duration, hours, minutes, ms, parseInstant, seconds } from './time/index.ts'
