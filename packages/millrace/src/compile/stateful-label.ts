import type { PlanNode, StoreSpec, SuppressNode, WindowSpec } from '../plan/index.ts'
import { storesOf } from './passes/check-stores.ts'

type StatelessKind =
  | 'source'
  | 'parse'
  | 'filter'
  | 'map'
  | 'map-values'
  | 'flat-map'
  | 'flat-map-values'
  | 'select-key'
  | 'map-values-async'
  | 'merge'
  | 'split'
  | 'branch'
  | 'peek'
  | 'for-each'
  | 'window-by-hour'
  | 'join-lookup'
  | 'topic-sink'
  | 'table-sink'

/** The label of an operation on tables, windows or state. */
export function statefulLabel(node: Exclude<PlanNode, { readonly kind: StatelessKind }>): string {
  switch (node.kind) {
    case 'repartition':
      return `repartition ${node.name}`
    case 'repartition-sink':
      return `to internal topic ${node.topic} (key ${node.keySerde.name}, value ${node.valueSerde.name}${chosenPartition(node)})`
    case 'process':
      return `${node.isKeyFixed ? 'processValues' : 'process'}${names('stores', Object.values(node.stores))}${names('tables', Object.values(node.tables))}`
    case 'table-source':
      return `table${kept(node)}`
    case 'global-table':
      return `globalTable ${node.topic}${inStore(node.store)}`
    case 'table-filter':
      return `${node.not ? 'filterNot' : 'filter'} rows${kept(node)}`
    case 'table-map-values':
      return `mapValues of rows${kept(node)}`
    case 'table-group':
      return 'groupBy'
    case 'stream-aggregate':
    case 'table-aggregate':
      return `aggregate${inStore(node.store)}${cache(node.cacheBytes)}`
    case 'window-aggregate':
    case 'sliding-aggregate':
    case 'session-aggregate':
      return `aggregate per ${windows(node.windows)}, emits ${node.emit},${inStore(node.store)}${cache(node.cacheBytes)}`
    case 'suppress':
      return `suppress ${until(node)}${inStore(node.store)}${bounds(node)}`
    case 'stream-stream-join':
      return `joinStream ${node.type}, ${node.beforeMs} ms before to ${node.afterMs} ms after, grace ${node.graceMs} ms,${storesOf(node).map(inStore).join(' and')}`
    case 'stream-table-join':
      return `joinTable ${node.type}${node.graceMs === undefined ? '' : `, grace ${node.graceMs} ms,`}${storesOf(node).map(inStore).join('')}`
    case 'stream-global-join':
      return `joinTable ${node.type} with global table ${node.table}`
    case 'table-table-join':
      return `joinTable ${node.type}${kept(node)}`
    case 'foreign-key-join':
      return `joinTable ${node.type} by foreign key${kept(node)}`
    case 'subscription-send':
      return `joinTable ${node.type} by foreign key: asks`
    case 'subscription-join':
      return `joinTable by foreign key: answers,${inStore(node.subscriptionStore)}`
    case 'response-join':
      return `joinTable ${node.type} by foreign key: result${kept(node)}`
    case 'to-stream':
      return 'toStream'
  }
}

/** Said where the partition does not follow from the key. */
export function chosenPartition({ partitioner }: { readonly partitioner?: unknown }): string {
  return partitioner === undefined ? '' : ', partition by a function'
}

function kept(node: {
  readonly isMaterialized: boolean
  readonly store: StoreSpec
  readonly cacheBytes: number
}): string {
  return node.isMaterialized ? `, materialised${inStore(node.store)}${cache(node.cacheBytes)}` : ', not materialised'
}

function inStore(spec: StoreSpec): string {
  return ` in store ${spec.name} (${spec.kind}, ${spec.storage}${spec.isLogged ? '' : ', not logged'}${spec.changelogTopic === undefined ? '' : `, restored from ${spec.changelogTopic}`})`
}

function until({ until }: SuppressNode): string {
  return until.kind === 'time-limit' ? `for ${until.waitMs} ms` : 'until the window closes'
}

function bounds({ maxRecords, maxBytes, whenFull }: SuppressNode): string {
  const records = maxRecords === undefined ? [] : [`${maxRecords} records`]
  const most = [...records, ...(maxBytes === undefined ? [] : [`${maxBytes} bytes`])]
  return most.length === 0
    ? ''
    : `, at most ${most.join(' and ')}, ${whenFull === 'fail' ? 'fails' : 'emits early'} when full`
}

function cache(bytes: number): string {
  return bytes === 0 ? '' : `, record cache of ${bytes} bytes`
}

function names(what: string, all: readonly string[]): string {
  return all.length === 0 ? '' : ` (${what} ${all.join(', ')})`
}

function windows(spec: WindowSpec): string {
  switch (spec.kind) {
    case 'time':
      return `window of ${spec.sizeMs} ms${spec.advanceMs === spec.sizeMs ? '' : ` every ${spec.advanceMs} ms`}, grace ${spec.graceMs} ms`
    case 'calendar':
      return `${spec.unit} of ${spec.zone}, grace ${spec.graceMs} ms`
    case 'sliding':
      return `sliding window of ${spec.differenceMs} ms, grace ${spec.graceMs} ms`
    case 'session':
      return `session with a gap of ${spec.gapMs} ms, grace ${spec.graceMs} ms`
    case 'unlimited':
      return `window from ${spec.startMs} on`
  }
}
