import type { PlanNode, StoreSpec, WindowSpec } from '../plan/index.ts'

/** The label of an operation on tables, windows or state. */
export function statefulLabel(node: PlanNode): string {
  switch (node.kind) {
    case 'repartition':
      return `repartition ${node.name}`
    case 'repartition-sink':
      return `to internal topic ${node.topic} (key ${node.keySerde.name}, value ${node.valueSerde.name})`
    case 'process':
      return `${node.isKeyFixed ? 'processValues' : 'process'}${names('stores', Object.values(node.stores))}`
    case 'table-source':
      return `table${kept(node)}`
    case 'global-table':
      return `globalTable ${node.topic}`
    case 'table-filter':
      return `${node.not ? 'filterNot' : 'filter'} rows${kept(node)}`
    case 'table-map-values':
      return `mapValues of rows${kept(node)}`
    case 'table-group':
      return 'groupBy'
    case 'stream-aggregate':
    case 'table-aggregate':
      return `aggregate${store(node.store)}${cache(node.cacheBytes)}`
    case 'window-aggregate':
    case 'sliding-aggregate':
    case 'session-aggregate':
      return `aggregate per ${windows(node.windows)}, emits ${node.emit}${store(node.store)}${cache(node.cacheBytes)}`
    case 'suppress':
      return node.until.kind === 'time-limit' ? `suppress for ${node.until.waitMs} ms` : 'suppress until the window closes'
    case 'stream-stream-join':
      return `joinStream ${node.type}, ${node.beforeMs} ms before to ${node.afterMs} ms after, grace ${node.graceMs} ms`
    case 'stream-table-join':
      return `joinTable ${node.type}${node.graceMs === undefined ? '' : `, grace ${node.graceMs} ms`}`
    case 'stream-global-join':
      return `joinTable ${node.type} with global table ${node.table}`
    case 'table-table-join':
      return `joinTable ${node.type}${kept(node)}`
    case 'foreign-key-join':
      return `joinTable ${node.type} by foreign key${kept(node)}`
    case 'subscription-send':
      return `joinTable ${node.type} by foreign key: asks`
    case 'subscription-join':
      return `joinTable by foreign key: answers${store(node.subscriptionStore)}`
    case 'response-join':
      return `joinTable ${node.type} by foreign key: result${kept(node)}`
    default:
      return node.kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  }
}

function kept(node: { readonly isMaterialized: boolean; readonly store: StoreSpec; readonly cacheBytes: number }): string {
  return node.isMaterialized ? `${store(node.store)}${cache(node.cacheBytes)}` : ''
}

function store(spec: StoreSpec): string {
  return ` (store ${spec.name}, ${spec.kind}, ${spec.storage}${spec.isLogged ? '' : ', not logged'})`
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
