export { KStream } from './k-stream.ts'
export type {
  JoinLookupOptions,
  NameOption,
  ParseOptions,
  SelectOption,
  SinkTableOptions,
  ToOptions,
  WindowByHourOptions,
  WithRow,
} from './options.ts'
export type { SinkCheck } from './sink-check.ts'
export type { Branches, Predicates } from './split.ts'
export { topology, type Topology, type TopologyOptions } from './topology.ts'
export { type SourceOptions, TopologyBuilder } from './topology-builder.ts'
export type { TopologyTypeError } from './type-error.ts'
