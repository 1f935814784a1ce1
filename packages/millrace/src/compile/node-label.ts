import type { PlanNode, Policy } from '../plan/index.ts'
import { inputNames } from './input-names.ts'
import { chosenPartition, statefulLabel } from './stateful-label.ts'

/** One line about a node: the operation as written, with what decides its behaviour. */
export function nodeLabel(node: PlanNode): string {
  switch (node.kind) {
    case 'source':
      if (node.isInternal === true) {
        return `from internal topic ${node.topics.join(', ')} (key ${node.keySerde.name}, value ${node.valueSerde.name})`
      }
      return `source ${inputNames(node).join(', ')} (key ${node.keySerde.name}, value ${node.valueSerde.name}, from ${node.startAt}${policy(node.onInvalid)})`
    case 'parse':
      return `parse ${node.schema['~standard'].vendor}${node.timestamp === undefined ? '' : ', sets event time'}${policy(node.onInvalid)}`
    case 'filter':
      return node.not ? 'filterNot' : 'filter'
    case 'map-values-async':
      return `mapValuesAsync, ${node.concurrency} at a time, in order`
    case 'split':
      return `split into ${node.branches.map((branch) => branch.name).join(', ')}`
    case 'branch':
      return `branch ${node.branch}`
    case 'window-by-hour':
      return `windowByHour ${node.zone} as ${node.as}${node.offset ? ' with offset' : ''}`
    case 'join-lookup':
      return `joinTable ${node.type} ${node.table.name}`
    case 'topic-sink':
      return `to topic ${node.route === undefined ? node.topics.join(', ') : `by record (${node.topics.join(', ')})`} (key ${node.keySerde.name}, value ${node.valueSerde.name}${policy(node.onError)}${chosenPartition(node)})`
    case 'table-sink':
      return `sinkCassandra ${node.table.keyspace}.${node.table.table} (every ${node.options.everyMs} ms, write time ${node.options.writeTime}${policy(node.onRejected)})`
    case 'repartition':
    case 'repartition-sink':
    case 'process':
    case 'table-source':
    case 'global-table':
    case 'to-stream':
    case 'table-filter':
    case 'table-map-values':
    case 'table-group':
    case 'stream-aggregate':
    case 'table-aggregate':
    case 'window-aggregate':
    case 'sliding-aggregate':
    case 'session-aggregate':
    case 'suppress':
    case 'stream-stream-join':
    case 'stream-table-join':
    case 'stream-global-join':
    case 'table-table-join':
    case 'foreign-key-join':
    case 'subscription-send':
    case 'subscription-join':
    case 'response-join':
      return statefulLabel(node)
    case 'map':
    case 'map-values':
    case 'flat-map':
    case 'flat-map-values':
    case 'select-key':
    case 'merge':
    case 'peek':
    case 'for-each':
      return camelCase(node.kind)
  }
}

function policy(of: Policy): string {
  if (of.kind === 'fail') return ''
  return of.kind === 'skip' ? ', skips what is invalid' : `, dead letters to ${of.topic}`
}

function camelCase(kind: string): string {
  return kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
