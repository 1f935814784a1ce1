import { StreamsError } from '../../errors/index.ts'
import type {
  CommittedOffset,
  ProduceAck,
  ProduceBatch,
  TopicPartition,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { openCluster, type ClusterHandle } from './driver.ts'
import { partitionName } from './partition-position.ts'
import { isFencedCode, describeProduceCode } from './produce-error.ts'
import { sequences, type WriterIdentity } from './producer-identity.ts'
import type { ProduceAnswer } from './produce-request.ts'
import type { BatchIdentity } from './record-batch-encoder.ts'
import { closedError, RecordWriter } from './record-writer.ts'
import { settlesWithin } from './retry.ts'
import { producerFenced, transactionFailed } from './transaction-error.ts'
import { TransactionRequests } from './transaction-requests.ts'

const abortTimeoutMs = 2_000

/**
 * ```text
 * new ──init──▶ ready ──send, sendOffsets──▶ open ──commit, abort──▶ ready
 *                 ▲                            │ a send fails         │ a commit gets no answer
 *                 │                            ▼                      ▼
 *                 ├────────────abort──────── broken                 doubtful ──abort──▶ ready, or over
 * any ──another takes the id──▶ fenced         any ──close──▶ closed
 * ```
 */
type State = 'new' | 'ready' | 'open' | 'broken' | 'doubtful' | 'over' | 'fenced' | 'closed'

/**
 * Writes in transactions. Invariants:
 * - a partition is made known to the coordinator before the first batch goes to it;
 * - sequence numbers of a send whose outcome is unknown are never used again: the next transaction has a new epoch;
 * - `commit` and `abort` resolve when every reader sees the end of the transaction, so that what is read next is final.
 */
export class KafkajsTransactionalProducer implements TransactionalProducer, WriterIdentity {
  readonly transactionalId: string
  readonly #services: AdapterServices
  readonly #handle: ClusterHandle
  readonly #requests: TransactionRequests
  readonly #writer: RecordWriter
  readonly #added = new Set<string>()
  readonly #groups = new Set<string>()
  readonly #sequences = new Map<string, number>()
  #state: State = 'new'
  #closing: Promise<void> | null = null
  epoch = 0

  constructor(options: TransactionalProducerOptions, services: AdapterServices) {
    const { clientId, compression = 'none', transactionalId } = options
    const logger = services.logger.child({ clientId, transactionalId })
    this.#services = { ...services, logger }
    this.transactionalId = transactionalId
    this.#handle = openCluster(services.settings, clientId, logger)
    const { cluster } = this.#handle
    this.#requests = new TransactionRequests(options, cluster, this.#services)
    this.#writer = new RecordWriter({ ...this.#services, cluster, identity: this, compression })
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  async init(): Promise<void> {
    if (this.#state !== 'new') throw this.#refusal('init')
    await this.#guard('new', () => this.#requests.init())
    this.#become('ready')
  }

  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    this.#begin('send')
    return this.#guard('broken', async () => {
      try {
        return await this.#writer.send(batches)
      } catch (thrown) {
        throw transactionFailed('Records cannot be written in the transaction', thrown)
      }
    })
  }

  async sendOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    this.#begin('sendOffsets')
    if (offsets.length === 0) return
    await this.#guard('broken', async () => {
      this.#become('open')
      if (!this.#groups.has(groupId)) await this.#requests.addOffsets(groupId)
      this.#groups.add(groupId)
      await this.#requests.commitOffsets(groupId, offsets)
    })
  }

  async commit(): Promise<void> {
    if (this.#state === 'ready') return
    if (this.#state !== 'open') throw this.#refusal('commit')
    await this.#guard('doubtful', () => this.#requests.end(true))
    await this.#requests.settled(true)
    this.#become('ready')
  }

  async abort(): Promise<void> {
    if (this.#state === 'ready') return
    if (this.#state === 'broken') {
      await this.#guard('over', () => this.#requests.giveUp())
      this.#sequences.clear()
      this.epoch++
    } else if (this.#state === 'open' || this.#state === 'doubtful') {
      // Refused where a commit without an answer has happened after all: the outcome stays unknown.
      await this.#guard('over', () => this.#requests.end(false))
      await this.#requests.settled(false)
    } else {
      throw this.#refusal('abort')
    }
    this.#become('ready')
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async ready(partitions: readonly TopicPartition[]): Promise<void> {
    const fresh = partitions.filter((each) => !this.#added.has(partitionName(each)))
    if (fresh.length === 0) return
    this.#become('open')
    await this.#requests.addPartitions(fresh)
    for (const each of fresh) this.#added.add(partitionName(each))
  }

  next(partition: string): BatchIdentity {
    return { ...this.#requests.held, sequence: this.#sequences.get(partition) ?? 0, isTransactional: true }
  }

  advance(partition: string, count: number): void {
    this.#sequences.set(partition, ((this.#sequences.get(partition) ?? 0) + count) % sequences)
  }

  lost(answer: ProduceAnswer): StreamsError {
    if (isFencedCode(answer.errorCode)) return producerFenced(this.transactionalId)
    const { topic, partition } = answer
    const error = describeProduceCode(answer.errorCode).toError({ topic, partition }, false)
    return transactionFailed('Records cannot be written in the transaction', error)
  }

  #begin(call: string): void {
    if (this.#state !== 'ready' && this.#state !== 'open') throw this.#refusal(call)
  }

  /** What a failed step leads to. */
  async #guard<T>(failed: State, step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (thrown) {
      this.#become(thrown instanceof StreamsError && thrown.code === 'PRODUCER_FENCED' ? 'fenced' : failed)
      throw thrown
    }
  }

  #become(state: State): void {
    if (this.#state === 'closed') return
    this.#state = state
    if (state !== 'ready') return
    this.#added.clear()
    this.#groups.clear()
  }

  async #close(): Promise<void> {
    const isOpen = this.#state === 'open' || this.#state === 'broken' || this.#state === 'doubtful'
    this.#state = 'closed'
    this.#writer.close()
    // Else readers would wait for the end of its time-out.
    if (isOpen) await settlesWithin(this.#services.clock, this.#requests.end(false), abortTimeoutMs)
    this.#requests.close()
    await this.#handle.close()
  }

  #refusal(call: string): StreamsError {
    switch (this.#state) {
      case 'closed':
        return closedError()
      case 'fenced':
        return producerFenced(this.transactionalId)
      case 'broken':
      case 'doubtful':
      case 'over':
        return transactionFailed(`${call} is refused: the transaction has failed`, undefined)
      case 'new':
      case 'ready':
      case 'open':
        return new StreamsError({
          code: 'LIFECYCLE_INVALID',
          what: `${call} is not allowed while a transactional producer is ${this.#state}`,
          hint: 'Call init() once, before anything else.',
        })
    }
  }
}
