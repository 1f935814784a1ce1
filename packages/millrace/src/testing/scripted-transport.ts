import type {
  CommittedOffset,
  ConsumerListener,
  ConsumerOptions,
  PartitionOffset,
  ProduceAck,
  ProduceBatch,
  ReaderListener,
  RecordBatch,
  TopicPartition,
  TransactionalProducer,
  TransactionalProducerOptions,
  Transport,
  TransportAdmin,
  TransportConsumer,
  TransportProducer,
  TransportReader,
} from '../ports/index.ts'
import { ScriptedTransaction } from './scripted-transaction.ts'

/** Where a test may make the transport wait or fail: awaited before each such call has its effect. */
export interface TransportHooks {
  commit: (offsets: readonly CommittedOffset[]) => Promise<void>
  send: (batches: readonly ProduceBatch[]) => Promise<void>
  stop: () => Promise<void>
  closeProducer: () => Promise<void>
  transaction: (step: 'init' | 'commit' | 'abort', transactionalId: string) => Promise<void>
}

/** A reader that the test hands batches to, through its listener. */
export interface ScriptedReader {
  readonly listener: ReaderListener
  /** Where the reading of `topic/partition` was told to begin. */
  readonly positions: Map<string, number>
}

/** A transport with one consumer, whose group, deliveries and faults the test plays itself. */
export class ScriptedTransport implements Transport {
  readonly kind: string = 'scripted'
  readonly hooks: TransportHooks = {
    commit: () => Promise.resolve(),
    send: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    closeProducer: () => Promise.resolve(),
    transaction: () => Promise.resolve(),
  }
  readonly committed: Map<string, number> = new Map()
  readonly sent: ProduceBatch[] = []
  readonly paused: Set<string> = new Set()
  readonly deletedBelow: Map<string, number> = new Map()
  readonly readers: ScriptedReader[] = []
  readonly admin: TransportAdmin
  isClosed: boolean = false
  #listener: ConsumerListener | undefined
  #started = { resolve: (): void => {}, reject: (_reason: unknown): void => {} }

  /** `ends`: partition counts by topic, and where the log of `topic/partition` begins and ends (default 0 and 0). */
  constructor(
    counts: Readonly<Record<string, number>>,
    ends: Readonly<Record<string, readonly [number, number]>> = {},
  ) {
    const offsetsOf = (partitions: readonly TopicPartition[], end: 0 | 1): readonly PartitionOffset[] =>
      partitions.map((one) => ({ ...one, offset: ends[nameOf(one)]?.[end] ?? 0 }))
    this.admin = {
      partitionCounts: (topics) =>
        Promise.resolve(new Map(Object.entries(counts).filter(([topic]) => topics.includes(topic)))),
      listTopics: () => Promise.resolve(Object.keys(counts)),
      createTopics: () => Promise.resolve(),
      offsets: (partitions, at) => Promise.resolve(offsetsOf(partitions, at === 'earliest' ? 0 : 1)),
      stableOffsets: (partitions) => Promise.resolve(offsetsOf(partitions, 1)),
      deleteRecords: async (below) => below.forEach((one) => this.deletedBelow.set(nameOf(one), one.offset)),
      committed: (_groupId, partitions) => Promise.resolve(this.#committedOf(partitions)),
    }
  }

  connect(): Promise<void> {
    return Promise.resolve()
  }

  consumer(_options: ConsumerOptions, listener: ConsumerListener): TransportConsumer {
    this.#listener = listener
    return {
      start: () =>
        new Promise<void>((resolve, reject) => {
          this.#started = { resolve, reject }
        }),
      pause: (partitions) => partitions.forEach((one) => this.paused.add(nameOf(one))),
      resume: (partitions) => partitions.forEach((one) => this.paused.delete(nameOf(one))),
      commit: async (offsets) => {
        await this.hooks.commit(offsets)
        for (const one of offsets) this.committed.set(nameOf(one), one.offset)
      },
      committed: (partitions) => Promise.resolve(this.#committedOf(partitions)),
      stop: () => this.hooks.stop(),
    }
  }

  producer(): TransportProducer {
    return {
      send: async (batches): Promise<readonly ProduceAck[]> => {
        await this.hooks.send(batches)
        this.sent.push(...batches)
        return batches.map(({ topic, partition, records }) => ({
          topic,
          partition,
          baseOffset: 0,
          count: records.length,
        }))
      },
      close: () => this.hooks.closeProducer(),
    }
  }

  /** What it sends counts as sent and committed when its transaction is. */
  transactionalProducer({ transactionalId }: TransactionalProducerOptions): TransactionalProducer {
    return new ScriptedTransaction({
      step: (step) => this.hooks.transaction(step, transactionalId),
      send: (batches) => this.hooks.send(batches),
      committed: (batches, offsets) => {
        this.sent.push(...batches)
        for (const one of offsets) this.committed.set(nameOf(one), one.offset)
      },
    })
  }

  reader(_options: unknown, listener: ReaderListener): TransportReader {
    const reader = { listener, positions: new Map<string, number>() }
    this.readers.push(reader)
    return {
      add: (partitions) => partitions.forEach((one) => reader.positions.set(nameOf(one), one.offset)),
      remove: (partitions) => partitions.forEach((one) => reader.positions.delete(nameOf(one))),
      close: async () => reader.positions.clear(),
    }
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }

  /** Begins a generation; gives where the consumer wants to read. `start()` of the consumer resolves with the first. */
  async assign(
    generation: number,
    partitions: readonly TopicPartition[],
    { isReading }: { readonly isReading: boolean } = { isReading: true },
  ): Promise<readonly PartitionOffset[]> {
    const positions = await this.#listener!.onAssigned({ generation, memberId: 'm', partitions })
    if (isReading) this.#started.resolve()
    return positions
  }

  deliver(batch: RecordBatch, generation: number): void {
    this.#listener!.onBatch(batch, generation)
  }

  revoke(generation: number): Promise<void> {
    return this.#listener!.onRevoking(generation)
  }

  failStart(reason: unknown): void {
    this.#started.reject(reason)
  }

  /** The values sent to a topic, in order. */
  values(topic: string): string[] {
    return this.sent.flatMap((batch) =>
      batch.topic === topic ? batch.records.map((record) => record.value?.toString() ?? 'null') : [],
    )
  }

  #committedOf(partitions: readonly TopicPartition[]): readonly CommittedOffset[] {
    return partitions.flatMap(({ topic, partition }) => {
      const offset = this.committed.get(nameOf({ topic, partition }))
      return offset === undefined ? [] : [{ topic, partition, offset, metadata: '' }]
    })
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
