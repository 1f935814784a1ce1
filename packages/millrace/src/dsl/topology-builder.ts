import { StreamsError } from '../errors/index.ts'
import { callSite, checkName, fail, type Policy } from '../plan/index.ts'
import { bytes, string, type Serde } from '../serde/index.ts'
import { KStream } from './k-stream.ts'
import type { PlanBuilder } from './plan-builder.ts'

export interface SourceOptions<K, V> {
  /** How keys are read. Default `string()`. A null key is passed on as null. */
  readonly key?: Serde<K>
  /** How values are read. Default: the bytes as they are. A null value (tombstone) is passed on as null. */
  readonly value?: Serde<V>
  /** Event time of a record. Default: its Kafka timestamp. A text must carry its offset from UTC. */
  readonly at?: (value: V) => number | Date | string
  /** Where a group without a committed offset starts. Default 'earliest'. */
  readonly startAt?: 'earliest' | 'latest'
  /** What happens to a record that cannot be read, or whose time is not a time. Default `fail`. */
  readonly onInvalid?: Policy
  readonly name?: string
}

/** What a topology starts from; given to the function that defines it. */
export class TopologyBuilder {
  readonly #builder: PlanBuilder

  constructor(builder: PlanBuilder) {
    this.#builder = builder
  }

  /** A stream of the records of one or several topics. Several must have the same partition count. */
  source<K = string, V = Buffer>(
    topic: string | readonly string[],
    options: SourceOptions<K, V> = {},
  ): KStream<K | null, V> {
    const topics = typeof topic === 'string' ? [topic] : [...topic]
    const site = callSite()
    if (topics.length === 0 || new Set(topics).size < topics.length) {
      throw new StreamsError({
        code: 'TOPOLOGY_INVALID',
        what: topics.length === 0 ? 'source() names no topic' : `source() names a topic twice: ${topics.join(', ')}`,
        hint: 'Name each topic once.',
        callSite: site,
      })
    }
    for (const one of topics) checkName(one, 'Topic', site)
    const { at } = options
    const id = this.#builder.add(
      {
        kind: 'source',
        topics: Object.freeze(topics),
        keySerde: options.key ?? string(),
        valueSerde: options.value ?? bytes(),
        ...(at === undefined ? {} : { timestamp: at }),
        startAt: options.startAt ?? 'earliest',
        onInvalid: options.onInvalid ?? fail,
      },
      [],
      topics.join('+'),
      options.name,
    )
    return new KStream(this.#builder, id)
  }
}
