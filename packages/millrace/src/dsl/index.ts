export { KStream } from './k-stream.ts'
export type {
  NameOption,
  ParseOptions,
  Partition,
  SinkTableOptions,
  ToOptions,
  WindowByHourOptions,
} from './options.ts'
export type { SinkCheck } from './sink-check.ts'
export type { Branches, Predicates } from './split.ts'
export { describeFormats, type DescribeFormat } from '../compile/index.ts'
export type { Optimization } from '../plan/index.ts'
export { topology, type Topology, type TopologyOptions } from './topology.ts'
export { type SourceOptions, TopologyBuilder } from './topology-builder.ts'
export type { TopologyTypeError } from './type-error.ts'
export { CogroupedKStream } from './cogrouped-k-stream.ts'
export { GlobalKTable } from './global-k-table.ts'
export type {
  JoinByKeyOptions,
  JoinForeignKeyOptions,
  JoinStreamOptions,
  JoinTableOptions,
  JoinTablesOptions,
  WithRow,
} from './join-options.ts'
export { KGroupedStream, type StreamAggregator } from './k-grouped-stream.ts'
export { KGroupedTable, type TableAggregator } from './k-grouped-table.ts'
export { KTable } from './k-table.ts'
export type { ProcessOptions, StoreHandles, StoresOf } from './process.ts'
export { SessionWindowedKStream } from './session-windowed-k-stream.ts'
export type {
  AggregateOptions,
  CacheOptions,
  EmitOptions,
  GroupOptions,
  LateOptions,
  RepartitionOptions,
  RetentionOptions,
  SerdeOptions,
  StateOptions,
  TableOptions,
} from './stateful-options.ts'
export {
  keyValueStore,
  sessionStore,
  type StoreHandle,
  type StoreOptions,
  timestampedKeyValueStore,
  timestampedWindowStore,
  versionedStore,
  windowStore,
  type WindowStoreOptions,
} from './stores.ts'
export { type Suppressed, untilTimeLimit, untilWindowCloses } from './suppressed.ts'
export { WindowedKStream } from './windowed-k-stream.ts'
export { calendar, endOf, hopping, session, sliding, tumbling, unlimited } from './windows.ts'
