import type { StreamsError } from '../../../errors/index.ts'
import type {
  PartitionOffset,
  ReaderListener,
  ReaderOptions,
  RecordBatch,
  TopicPartition,
  Transport,
  TransportReader,
} from '../../../ports/index.ts'
import { nameOf, receivedFrom, type ReceivedRecord } from './recording-member.ts'

export interface RecordingReaderOptions extends Partial<ReaderOptions> {
  readonly whenBatch?: (batch: RecordBatch, reader: RecordingReader) => Promise<void> | void
}

/**
 * A reader with a listener that keeps what it was told, and notes in `violations` whatever the contract forbids: batches
 * of partitions that it does not read, offsets that go back, two batches of one partition at a time.
 */
export class RecordingReader implements ReaderListener {
  readonly received: Omit<ReceivedRecord, 'generation'>[] = []
  readonly failures: { readonly error: StreamsError; readonly partition: TopicPartition }[] = []
  readonly violations: string[] = []
  readonly #reader: TransportReader
  readonly #options: RecordingReaderOptions
  readonly #notify: () => void
  /** The lowest offset that may come next, of each partition that is read. */
  readonly #next = new Map<string, number>()
  /** Partitions whose listener is not done yet. A partition that is added anew begins anew. */
  readonly #busy = new Set<string>()

  constructor(transport: Transport, options: RecordingReaderOptions, notify: () => void) {
    this.#options = options
    this.#notify = notify
    const { clientId = 'conformance', isolation = 'read_uncommitted' } = options
    this.#reader = transport.reader({ clientId, isolation }, this)
  }

  /** `allowed`: the lowest offset that may come, where the one asked for is not in the log. */
  add(partitions: readonly PartitionOffset[], allowed?: number): void {
    for (const partition of partitions) {
      this.#next.set(nameOf(partition), allowed ?? partition.offset)
      this.#busy.delete(nameOf(partition))
    }
    this.#reader.add(partitions)
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#next.delete(nameOf(partition))
    this.#reader.remove(partitions)
  }

  async close(): Promise<void> {
    await this.#reader.close()
    this.#next.clear()
  }

  /** Where the next batch of a partition begins; -1: not read. */
  next(partition: TopicPartition): number {
    return this.#next.get(nameOf(partition)) ?? -1
  }

  values(topic: string, partition?: number): readonly (string | null)[] {
    return this.received
      .filter((record) => record.topic === topic && (partition === undefined || record.partition === partition))
      .map((record) => record.value)
  }

  offsets(topic: string): readonly number[] {
    return this.received.filter((record) => record.topic === topic).map((record) => record.offset)
  }

  async onBatch(batch: RecordBatch): Promise<void> {
    const name = nameOf(batch)
    if (this.#busy.has(name)) this.#violates(`batch of ${name} before the one before was done`)
    this.#busy.add(name)
    this.#take(batch, name)
    this.#notify()
    await this.#options.whenBatch?.(batch, this)
    this.#busy.delete(name)
  }

  onFailed(error: StreamsError, partition: TopicPartition): void {
    this.#next.delete(nameOf(partition))
    this.failures.push({ error, partition })
    this.#notify()
  }

  /** One line for a failed wait. */
  describe(): string {
    const failures = this.failures.map(({ error }) => `, failed: ${error.message}`).join('')
    const violations = this.violations.length > 0 ? `, violations: ${this.violations.join('; ')}` : ''
    const places = [...this.#next].map(([name, next]) => `${name}@${next}`).join(' ')
    return `[reader of ${places || 'nothing'}, ${this.received.length} records${failures}${violations}]`
  }

  #take(batch: RecordBatch, name: string): void {
    let next = this.#next.get(name)
    if (next === undefined) {
      this.#violates(`batch of ${name}, which is not read`)
      return
    }
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offset(index)
      if (offset < next) this.#violates(`${name}: offset ${offset} where ${next} is next`)
      next = offset + 1
      this.received.push(receivedFrom(batch, index))
    }
    if (batch.nextOffset < next) this.#violates(`${name}: nextOffset ${batch.nextOffset}, but ${next} is next`)
    this.#next.set(name, batch.nextOffset)
  }

  #violates(what: string): void {
    if (this.violations.length < 20) this.violations.push(what)
  }
}
