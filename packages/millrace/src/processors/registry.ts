import type { PlanNode } from '../plan/index.ts'
import { filter } from './filter.ts'
import { flatMap, flatMapValues } from './flat-map.ts'
import { joinLookup } from './join-lookup.ts'
import { mapValuesAsync } from './map-values-async.ts'
import { mapValues } from './map-values.ts'
import { map } from './map.ts'
import { parse } from './parse.ts'
import { peek } from './peek.ts'
import type { Forward, ProcessorFactory } from './processor.ts'
import { process } from './process.ts'
import { repartitionSink } from './repartition-sink.ts'
import { selectKey } from './select-key.ts'
import { sessionAggregate } from './session-aggregate.ts'
import { slidingAggregate } from './sliding-aggregate.ts'
import { streamAggregate } from './stream-aggregate.ts'
import { streamGlobalJoin } from './stream-global-join.ts'
import { streamStreamJoin } from './stream-stream-join.ts'
import { streamTableJoin } from './stream-table-join.ts'
import { subscriptionJoin } from './subscription-join.ts'
import { responseJoin } from './subscription-response-join.ts'
import { subscriptionSend } from './subscription-send.ts'
import { suppress } from './suppress.ts'
import { tableAggregate } from './table-aggregate.ts'
import { tableFilter } from './table-filter.ts'
import { tableGroup } from './table-group.ts'
import { tableMapValues } from './table-map-values.ts'
import { tableSource } from './table-source.ts'
import { tableTableJoin } from './table-table-join.ts'
import { toStream } from './to-stream.ts'
import { windowAggregate } from './window-aggregate.ts'
import { tableSink } from './table-sink.ts'
import { topicSink } from './topic-sink.ts'
import { windowByHour } from './window-by-hour.ts'

/**
 * `source` is where a task begins and `split` knows its children by name: both are wired by `build-chain.ts`. The
 * compiler replaces `repartition` and `foreign-key-join`; a `global-table` runs apart from tasks.
 */
type Registered = Exclude<
  PlanNode,
  { readonly kind: 'source' | 'split' | 'repartition' | 'foreign-key-join' | 'global-table' }
>

const passOn = (_node: PlanNode, forward: Forward): Forward => forward

/** The running form of every kind of node; a kind without one does not compile. */
export const processorFactories: {
  readonly [Kind in Registered['kind']]: ProcessorFactory<Extract<Registered, { readonly kind: Kind }>>
} = {
  parse,
  filter,
  map,
  'map-values': mapValues,
  'flat-map': flatMap,
  'flat-map-values': flatMapValues,
  'select-key': selectKey,
  'map-values-async': mapValuesAsync,
  merge: passOn,
  branch: passOn,
  peek,
  'for-each': peek,
  'window-by-hour': windowByHour,
  'join-lookup': joinLookup,
  'topic-sink': topicSink,
  'table-sink': tableSink,
  'repartition-sink': repartitionSink,
  process,
  'table-source': tableSource,
  'to-stream': toStream,
  'table-filter': tableFilter,
  'table-map-values': tableMapValues,
  'table-group': tableGroup,
  'stream-aggregate': streamAggregate,
  'table-aggregate': tableAggregate,
  'window-aggregate': windowAggregate,
  'sliding-aggregate': slidingAggregate,
  'session-aggregate': sessionAggregate,
  suppress,
  'stream-stream-join': streamStreamJoin,
  'stream-table-join': streamTableJoin,
  'stream-global-join': streamGlobalJoin,
  'table-table-join': tableTableJoin,
  'subscription-send': subscriptionSend,
  'subscription-join': subscriptionJoin,
  'response-join': responseJoin,
}
