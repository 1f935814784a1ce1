import { StreamsError } from '../../errors/index.ts'
import type {
  CommittedOffset,
  ProduceAck,
  ProduceBatch,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '../../ports/index.ts'
import type { BrokerRequest } from './broker-faults.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import { logsOf, produceFailed, producerClosed } from './embedded-producer.ts'
import type { RequestFailed } from './request-gate.ts'
import type { TransactionHolder } from './transaction-coordinator.ts'

const defaultTimeoutMs = 60_000

/** A request, but for who asks. */
type Asked = Omit<BrokerRequest, 'clientId' | 'transactionalId'>

/**
 * ```
 * none → open → (commit, abort) none        `mustAbort`: something of it may be missing
 *          └──→ mustAbort → (abort) none
 * ```
 * An end whose answer was lost leaves the phase as it is; the server knows what has happened.
 */
type TransactionPhase = 'none' | 'open' | 'mustAbort'

/** Writes to the logs of the server in transactions. Buffers are kept, not copied. */
export class EmbeddedTransactionalProducer implements TransactionalProducer {
  readonly #broker: EmbeddedBroker
  readonly #options: TransactionalProducerOptions
  #holder: TransactionHolder | null = null
  #transaction: TransactionPhase = 'none'
  #number = 0
  #closing: Promise<void> | null = null

  constructor(broker: EmbeddedBroker, options: TransactionalProducerOptions) {
    this.#broker = broker
    this.#options = options
  }

  async init(): Promise<void> {
    if (this.#closing) throw producerClosed()
    const { transactionalId, timeoutMs = defaultTimeoutMs } = this.#options
    this.#holder = await this.#pass(
      { kind: 'initTransactions' },
      transactionFailed('A producer cannot be inited'),
      () => this.#broker.transactions.init(transactionalId, timeoutMs),
    )
    this.#transaction = 'none'
  }

  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    const holder = this.#usable()
    if (batches.length === 0) return []
    const append = (): readonly ProduceAck[] =>
      this.#broker.transactions.append(holder, batches, logsOf(this.#broker, batches))
    return this.#within({ kind: 'produce', partitions: batches }, produceFailed, append)
  }

  async sendOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const holder = this.#usable()
    if (offsets.length === 0) return
    const request = { kind: 'sendOffsets', groupId, partitions: offsets } as const
    await this.#within(request, transactionFailed('Offsets cannot be added to a transaction'), () =>
      this.#broker.transactions.addOffsets(holder, groupId, offsets),
    )
  }

  commit(): Promise<void> {
    return this.#end('commit')
  }

  abort(): Promise<void> {
    return this.#end('abort')
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #end(outcome: 'commit' | 'abort'): Promise<void> {
    const holder = this.#usable()
    if (this.#transaction === 'none') return
    const failed = transactionFailed(`A transaction cannot ${outcome}`)
    if (this.#transaction === 'mustAbort' && outcome === 'commit') throw failed('a part of it has failed', false)
    await this.#pass({ kind: 'endTransaction' }, failed, () =>
      this.#broker.transactions.end(holder, this.#number, outcome),
    )
    this.#transaction = 'none'
  }

  async #close(): Promise<void> {
    const holder = this.#holder
    if (!holder || this.#transaction === 'none') return
    const failed = transactionFailed('A transaction cannot abort')
    try {
      await this.#pass({ kind: 'endTransaction' }, failed, () =>
        this.#broker.transactions.end(holder, this.#number, 'abort'),
      )
    } catch {
      // What is left open, the time-out or the next holder of the id aborts.
    }
  }

  #usable(): TransactionHolder {
    if (this.#closing) throw producerClosed()
    if (this.#holder) return this.#holder
    throw new StreamsError({
      code: 'LIFECYCLE_INVALID',
      what: 'A transactional producer was used before init',
      hint: 'Await init() first.',
    })
  }

  /** Adds to the open transaction, or begins one. */
  async #within<T>(request: Asked, failed: RequestFailed, apply: () => T): Promise<T> {
    if (this.#transaction === 'none') {
      this.#transaction = 'open'
      this.#number++
    }
    try {
      return await this.#pass(request, failed, apply)
    } catch (thrown) {
      this.#transaction = 'mustAbort'
      throw thrown
    }
  }

  #pass<T>(request: Asked, failed: RequestFailed, apply: () => T): Promise<T> {
    const { clientId, transactionalId } = this.#options
    return this.#broker.gate.pass({ ...request, clientId, transactionalId }, apply, failed)
  }
}

function transactionFailed(what: string): RequestFailed {
  return (why, retriable) =>
    new StreamsError({
      code: 'TRANSACTION_FAILED',
      what: `${what}: ${why}`,
      hint: 'Abort it; if that fails too, make a new producer.',
      retriable,
    })
}
