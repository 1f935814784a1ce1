import { messageOf, StreamsError } from '../../errors/index.ts'
import type {
  PartitionOffset,
  ReaderListener,
  ReaderOptions,
  TopicPartition,
  TransportReader,
} from '../../ports/index.ts'
import { topicMissing, type EmbeddedBroker } from './embedded-broker.ts'
import type { PartitionLog } from './partition-log.ts'
import { transportFailed } from './request-gate.ts'

interface Position extends TopicPartition {
  /** Null until it was looked for: `add` tells nothing before it has returned. */
  log: PartitionLog | null
  offset: number
  /** The listener is not done with the last batch. */
  isBusy: boolean
}

/** How long a fetch that failed waits. */
const retryAfterMs = 100

/** Reads apart from groups, in turns as the readers of generations do: one batch per partition and turn. */
export class EmbeddedReader implements TransportReader {
  readonly #broker: EmbeddedBroker
  readonly #options: ReaderOptions
  readonly #listener: ReaderListener
  readonly #positions = new Map<string, Position>()
  #isClosed = false
  #hasTurn = false

  constructor(broker: EmbeddedBroker, options: ReaderOptions, listener: ReaderListener) {
    this.#broker = broker
    this.#options = options
    this.#listener = listener
    broker.gate.readers.add(this.#wake)
  }

  add(partitions: readonly PartitionOffset[]): void {
    if (this.#isClosed) return
    this.remove(partitions)
    for (const { topic, partition, offset } of partitions) {
      this.#positions.set(`${topic}/${partition}`, { topic, partition, offset, log: null, isBusy: false })
    }
    this.#wake()
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const name = `${topic}/${partition}`
      this.#positions.get(name)?.log?.readers.delete(this.#wake)
      this.#positions.delete(name)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.remove([...this.#positions.values()])
    this.#broker.gate.readers.delete(this.#wake)
  }

  readonly #wake = (): void => {
    if (this.#hasTurn || this.#isClosed) return
    this.#hasTurn = true
    void this.#turn()
  }

  async #turn(): Promise<void> {
    const { clock } = this.#broker.settings
    await clock.yield()
    try {
      if (this.#broker.gate.hasFaults) await this.#fetch()
    } catch (thrown) {
      this.#hasTurn = false
      if ((thrown as StreamsError).retriable) clock.schedule(retryAfterMs, this.#wake)
      else for (const position of Array.from(this.#positions.values())) this.#fail(position, thrown)
      return
    }
    this.#hasTurn = false
    if (this.#broker.gate.isDown) return
    for (const position of Array.from(this.#positions.values())) if (!position.isBusy) this.#read(position)
  }

  async #fetch(): Promise<void> {
    const request = {
      kind: 'fetch',
      clientId: this.#options.clientId,
      partitions: [...this.#positions.values()],
    } as const
    await this.#broker.gate.arrive(request, transportFailed('A reader cannot fetch'))
  }

  #read(position: Position): void {
    if (!this.#isRead(position)) return
    const log = this.#broker.topic(position.topic)?.partitions[position.partition]
    // A topic that was made anew under the name of a deleted one is another topic.
    if (!log || (position.log && position.log !== log)) {
      this.#fail(position, topicMissing(position.topic, position.partition))
      return
    }
    if (!position.log) log.readers.add(this.#wake)
    position.log = log
    if (position.offset < log.startOffset || position.offset > log.endOffset) position.offset = log.startOffset
    const batch = log.read(position.offset, this.#broker.settings, this.#options.isolation)
    if (!batch) return
    position.offset = batch.nextOffset
    position.isBusy = true
    void this.#handOver(position, batch)
  }

  async #handOver(position: Position, batch: Parameters<ReaderListener['onBatch']>[0]): Promise<void> {
    try {
      await this.#listener.onBatch(batch)
    } catch (thrown) {
      this.#fail(position, thrown)
      return
    }
    position.isBusy = false
    if (this.#isRead(position)) this.#wake()
  }

  #isRead(position: Position): boolean {
    return this.#positions.get(`${position.topic}/${position.partition}`) === position
  }

  #fail(position: Position, thrown: unknown): void {
    if (!this.#isRead(position)) return
    this.remove([position])
    const { topic, partition } = position
    this.#listener.onFailed(asReaderError(thrown, position), { topic, partition })
  }
}

function asReaderError(thrown: unknown, { topic, partition }: TopicPartition): StreamsError {
  if (thrown instanceof StreamsError) return thrown.in({ topic, partition })
  return new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: `The listener of a reader threw: ${messageOf(thrown)}`,
    hint: 'See the cause.',
    topic,
    partition,
    cause: thrown,
  })
}
