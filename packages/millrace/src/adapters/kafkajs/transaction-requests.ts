import type { CommittedOffset, TopicPartition, TransactionalProducerOptions } from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { byTopic } from './by-topic.ts'
import { findCoordinator } from './coordinator.ts'
import type { DriverBroker, DriverCluster, TransactionRequest } from './driver.ts'
import { renewProducerEpoch, type ProducerEpoch } from './init-producer-id.ts'
import { failureKind, failureType } from './kafka-failure.ts'
import { offsetsByTopic } from './offsets-store.ts'
import { isFencedCode } from './produce-error.ts'
import { RareWarning } from './rare-warning.ts'
import { closedError } from './record-writer.ts'
import { backoffMs, sleep } from './retry.ts'
import { producerFenced, renewalRefused, transactionFailed } from './transaction-error.ts'

const defaultTimeoutMs = 60_000
const longestMarkerPauseMs = 20
const markersTimeoutMs = 5_000
const missingAttempts = 10
const quietMs = 3_000
/** Which answers mean that another has taken the id; versions that kafkajs speaks know only the second. */
const fencedTypes = new Set(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'])
/** What is not there may be new, and not known everywhere yet; the second tells of a neighbour in the same request. */
const missingTypes = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'OPERATION_NOT_ATTEMPTED'])

/**
 * The requests of transactions to their coordinator, each retried for as long as it may heal. Reject with
 * PRODUCER_FENCED, TRANSACTION_FAILED or TRANSPORT_CLOSED.
 */
export class TransactionRequests {
  readonly #options: TransactionalProducerOptions
  readonly #cluster: DriverCluster
  readonly #services: AdapterServices
  readonly #warning: RareWarning
  readonly #groupCoordinators = new Map<string, number>()
  #coordinatorId: number | undefined
  #held: ProducerEpoch | null = null
  #isClosed = false

  constructor(options: TransactionalProducerOptions, cluster: DriverCluster, services: AdapterServices) {
    this.#options = options
    this.#cluster = cluster
    this.#services = services
    this.#warning = new RareWarning(services.clock, services.logger, quietMs)
  }

  /** The producer id and epoch to write with. `init` comes before. */
  get held(): ProducerEpoch {
    return this.#held!
  }

  close(): void {
    this.#isClosed = true
  }

  /** Takes the id. The broker answers when what earlier holders left open is ended. */
  async init(): Promise<void> {
    const { transactionalId } = this.#options
    const given = await this.#attempt(`Transactional id ${transactionalId} cannot be taken`, (coordinator) =>
      coordinator.initProducerId({ transactionalId, transactionTimeout: this.#timeoutMs() }),
    )
    this.#held = { producerId: Number(given.producerId), producerEpoch: given.producerEpoch }
  }

  /**
   * Aborts what may be open, and gets a new epoch, with which sequence numbers begin anew. In this order: the end of a
   * transaction is refused when another has the id, but asking for an epoch would abort what that other has open.
   */
  async giveUp(): Promise<void> {
    await this.#attempt('The transaction cannot be aborted', async (coordinator) => {
      try {
        await this.#end(coordinator, false)
      } catch (thrown) {
        // The epoch is the present one, but nothing is open.
        if (failureType(thrown) !== 'INVALID_TXN_STATE') throw thrown
      }
    })
    const what = 'The producer cannot go on after a failed transaction'
    const { transactionalId } = this.#options
    this.#held = await this.#attempt(what, async (coordinator) => {
      const request = { transactionalId, timeoutMs: this.#timeoutMs(), held: this.held }
      const renewed = await renewProducerEpoch(coordinator, request)
      if (!renewed) throw transactionFailed(what, undefined)
      const { errorCode, producerId, producerEpoch } = renewed
      if (errorCode === 0) return { producerId, producerEpoch }
      if (isFencedCode(errorCode)) throw producerFenced(transactionalId)
      throw renewalRefused(errorCode)
    })
  }

  async addPartitions(partitions: readonly TopicPartition[]): Promise<void> {
    const topics = [...byTopic(partitions)].map(([topic, list]) => ({
      topic,
      partitions: list.map(({ partition }) => partition),
    }))
    await this.#attempt('Partitions cannot be added to the transaction', (coordinator) =>
      coordinator.addPartitionsToTxn({ ...this.#identity(), topics }),
    )
  }

  /** Makes the offsets of a group part of the transaction. */
  async addOffsets(groupId: string): Promise<void> {
    await this.#attempt('Offsets cannot be added to the transaction', (coordinator) =>
      coordinator.addOffsetsToTxn({ ...this.#identity(), groupId }),
    )
  }

  async commitOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const topics = offsetsByTopic(offsets)
    await this.#attempt('Offsets cannot be written in the transaction', async () => {
      try {
        const coordinator = await this.#groupCoordinator(groupId)
        await coordinator.txnOffsetCommit({ ...this.#identity(), groupId, topics })
      } catch (thrown) {
        this.#groupCoordinators.delete(groupId)
        throw thrown
      }
    })
  }

  /** Decides the transaction. */
  async end(isCommit: boolean): Promise<void> {
    const what = isCommit ? 'The transaction cannot be committed' : 'The transaction cannot be aborted'
    await this.#attempt(what, (coordinator) => this.#end(coordinator, isCommit))
  }

  /**
   * Waits until a decided transaction is ended in every partition: the coordinator answers CONCURRENT_TRANSACTIONS
   * until then. That it is decided does not change, whatever happens meanwhile.
   */
  async settled(isCommit: boolean): Promise<void> {
    await this.#attempt('', (coordinator) => this.#end(coordinator, isCommit), markersTimeoutMs).catch(() => {})
  }

  #end(coordinator: DriverBroker, isCommit: boolean): Promise<unknown> {
    return coordinator.endTxn({ ...this.#identity(), transactionResult: isCommit })
  }

  #identity(): TransactionRequest {
    return { transactionalId: this.#options.transactionalId, ...this.held }
  }

  #timeoutMs(): number {
    return this.#options.timeoutMs ?? defaultTimeoutMs
  }

  async #attempt<T>(
    what: string,
    call: (coordinator: DriverBroker) => Promise<T>,
    timeoutMs: number = this.#services.settings.retryTimeoutMs,
  ): Promise<T> {
    const { clock } = this.#services
    const deadline = clock.nowMs() + timeoutMs
    for (let failures = 1; ; failures++) {
      if (this.#isClosed) throw closedError()
      try {
        const result = await call(await this.#coordinator())
        this.#warning.healed()
        return result
      } catch (thrown) {
        const type = failureType(thrown)
        if (fencedTypes.has(type)) throw producerFenced(this.#options.transactionalId, thrown)
        if (!isWorthRetrying(thrown, type, failures) || clock.nowMs() >= deadline) throw transactionFailed(what, thrown)
        const isEnding = type === 'CONCURRENT_TRANSACTIONS'
        if (!isEnding) this.#coordinatorId = undefined
        this.#warning.failed('A transaction does not advance; trying again', thrown)
        await sleep(clock, isEnding ? backoffMs(failures, 1, longestMarkerPauseMs) : backoffMs(failures, 20))
      }
    }
  }

  async #groupCoordinator(groupId: string): Promise<DriverBroker> {
    const nodeId = this.#groupCoordinators.get(groupId)
    if (nodeId !== undefined) return this.#cluster.findBroker({ nodeId })
    const coordinator = await findCoordinator(this.#cluster, 'group', groupId)
    this.#groupCoordinators.set(groupId, coordinator.nodeId)
    return coordinator
  }

  async #coordinator(): Promise<DriverBroker> {
    if (this.#coordinatorId !== undefined) return this.#cluster.findBroker({ nodeId: this.#coordinatorId })
    // Before the first look, or after a failure: brokers may have moved.
    await this.#cluster.refreshMetadata()
    const coordinator = await findCoordinator(this.#cluster, 'transaction', this.#options.transactionalId)
    this.#coordinatorId = coordinator.nodeId
    return coordinator
  }
}

function isWorthRetrying(thrown: unknown, type: string, failures: number): boolean {
  return failureKind(thrown) === 'transient' || (missingTypes.has(type) && failures < missingAttempts)
}
