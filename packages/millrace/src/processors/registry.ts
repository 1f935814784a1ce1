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
import { selectKey } from './select-key.ts'
import { tableSink } from './table-sink.ts'
import { topicSink } from './topic-sink.ts'
import { windowByHour } from './window-by-hour.ts'

/** `source` is where a task begins and `split` knows its children by name: both are wired by `build-chain.ts`. */
type Registered = Exclude<PlanNode, { readonly kind: 'source' | 'split' }>

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
}
