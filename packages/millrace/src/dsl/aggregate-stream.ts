import { groupTopic } from './group-topic.ts'
import type { Handle } from './handle.ts'
import { storeFields, topicSafe } from './handle.ts'
import type { Grouping } from './k-grouped-stream.ts'
import { KTable } from './k-table.ts'
import { cacheBytesOf } from './checked-option.ts'
import { valueSerde } from './serdes-of.ts'
import type { Serde } from '../serde/index.ts'
import type { AggregateOptions } from './stateful-options.ts'

type Callback = (...args: never[]) => unknown

/** One grouped stream that goes into an aggregation. */
export interface AggregateInput {
  readonly at: Handle
  readonly grouping: Grouping
  readonly aggregator: Callback
}

/** What every aggregation needs before its node can be made. */
export interface PreparedAggregate {
  /** The inputs, brought into the right partitions. */
  readonly inputs: readonly [Handle, ...Handle[]]
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  readonly fields: ReturnType<typeof storeFields>
  readonly aggregators: readonly Callback[]
}

export function prepareAggregate(
  operation: string,
  sources: readonly AggregateInput[],
  options: AggregateOptions<never, never>,
): PreparedAggregate {
  const [first] = sources
  const id = first!.at.idOf(operation, options)
  const key = (options.key as Serde<unknown> | undefined) ?? first!.grouping.key
  const value = valueSerde(options.value, {})
  const inputs = sources.map(({ at, grouping }, index) => {
    const suffix = sources.length > 1 ? `-${index + 1}` : ''
    return groupTopic(at, grouping, `${topicSafe(options.store ?? id)}${suffix}`)
  })
  return {
    inputs: inputs as unknown as readonly [Handle, ...Handle[]],
    key,
    value,
    fields: storeFields(id, options, key, value),
    aggregators: sources.map((source) => source.aggregator),
  }
}

/** An aggregation without windows. Without `init` the first value is the first aggregate. */
export function aggregateStream<K, A>(
  operation: string,
  sources: readonly AggregateInput[],
  options: AggregateOptions<K, A>,
  init?: () => A,
): KTable<K, A> {
  const prepared = prepareAggregate(operation, sources, options as AggregateOptions<never, never>)
  const { key, value, fields, aggregators } = prepared
  const [first, ...more] = prepared.inputs
  const node = {
    kind: 'stream-aggregate',
    aggregators,
    store: { kind: 'timestamped-key-value', ...fields },
    cacheBytes: cacheBytesOf(options),
    ...(init === undefined ? {} : { init }),
  } as const
  return new KTable(first.add(node, operation, options, { key, value }, more))
}
