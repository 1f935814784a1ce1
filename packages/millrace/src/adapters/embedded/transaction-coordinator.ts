import { StreamsError } from '../../errors/index.ts'
import type { CommittedOffset, ProduceAck, ProduceBatch } from '../../ports/index.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import type { PartitionLog } from './partition-log.ts'

/** Proof of an `init`: of the holders of one id, the one with the highest epoch may write. */
export interface TransactionHolder {
  readonly transactionalId: string
  readonly epoch: number
}

interface OpenTransaction {
  readonly logs: Set<PartitionLog>
  readonly offsets: Map<string, CommittedOffset[]>
  readonly cancelTimeout: () => void
}

interface TransactionState {
  epoch: number
  timeoutMs: number
  open: OpenTransaction | null
  /** How the last transaction ended, by the holder's number: an end that is asked for twice happens once. */
  lastEnd: { readonly number: number; readonly outcome: 'commit' | 'abort' } | null
}

/**
 * Transactions by their ids. One that is open too long is aborted by the clock, and its holder fenced, as Kafka does.
 *
 * ```
 * init → (begin → commit | abort | timed out)*      a later init, or a time-out, fences the holder
 * ```
 */
export class TransactionCoordinator {
  readonly #broker: EmbeddedBroker
  readonly #states = new Map<string, TransactionState>()

  constructor(broker: EmbeddedBroker) {
    this.#broker = broker
  }

  /** Aborts what the id has open, and makes a new holder. */
  init(transactionalId: string, timeoutMs: number): TransactionHolder {
    let state = this.#states.get(transactionalId)
    if (!state) {
      state = { epoch: -1, timeoutMs, open: null, lastEnd: null }
      this.#states.set(transactionalId, state)
    }
    this.#finish(state, 'abort')
    state.lastEnd = null
    state.timeoutMs = timeoutMs
    return { transactionalId, epoch: ++state.epoch }
  }

  /** Appends to logs, one for each batch. */
  append(holder: TransactionHolder, batches: readonly ProduceBatch[], logs: readonly PartitionLog[]): ProduceAck[] {
    const { state, open } = this.#opened(holder)
    return batches.map(({ topic, partition, records }, index) => {
      const log = logs[index]!
      if (records.length > 0) open.logs.add(log)
      return { topic, partition, baseOffset: log.append(records, state), count: records.length }
    })
  }

  addOffsets(holder: TransactionHolder, groupId: string, offsets: readonly CommittedOffset[]): void {
    this.#broker.group(groupId).check(offsets)
    const { open } = this.#opened(holder)
    const before = open.offsets.get(groupId) ?? []
    open.offsets.set(groupId, [...before, ...offsets])
  }

  /** `number`: the holder's own count of its transactions. Aborting one of which nothing has arrived is nothing to do. */
  end(holder: TransactionHolder, number: number, outcome: 'commit' | 'abort'): void {
    const state = this.#held(holder)
    if (state.open) {
      this.#finish(state, outcome)
      state.lastEnd = { number, outcome }
      return
    }
    const ended = state.lastEnd?.number === number ? state.lastEnd.outcome : 'abort'
    if (ended !== outcome) throw endedOtherwise(holder, outcome, ended)
  }

  #opened(holder: TransactionHolder): { readonly state: TransactionState; readonly open: OpenTransaction } {
    const state = this.#held(holder)
    state.open ??= {
      logs: new Set(),
      offsets: new Map(),
      cancelTimeout: this.#broker.settings.clock.schedule(state.timeoutMs, () => void this.#timeOut(state, holder)),
    }
    return { state, open: state.open }
  }

  #held({ transactionalId, epoch }: TransactionHolder): TransactionState {
    const state = this.#states.get(transactionalId)
    if (state?.epoch === epoch) return state
    throw new StreamsError({
      code: 'PRODUCER_FENCED',
      what: `Another producer has taken the transactional id ${transactionalId}, or its transaction timed out`,
      hint: 'Make a new producer if this process still owns the work.',
    })
  }

  async #timeOut(state: TransactionState, { epoch }: TransactionHolder): Promise<void> {
    const { open } = state
    // A server that is down aborts nothing before it is back.
    await this.#broker.gate.up()
    if (state.open !== open || state.epoch !== epoch) return
    this.#finish(state, 'abort')
    state.epoch++
  }

  #finish(state: TransactionState, outcome: 'commit' | 'abort'): void {
    const { open } = state
    if (!open) return
    open.cancelTimeout()
    state.open = null
    // Offsets first: whoever is woken by the records may ask for them.
    if (outcome === 'commit') {
      for (const [groupId, offsets] of open.offsets) this.#broker.group(groupId).commitInTransaction(offsets)
    }
    for (const log of open.logs) log.endTransaction(state, outcome)
  }
}

function endedOtherwise(
  { transactionalId }: TransactionHolder,
  outcome: 'commit' | 'abort',
  ended: 'commit' | 'abort',
): StreamsError {
  return new StreamsError({
    code: 'TRANSACTION_FAILED',
    what: `There is no transaction of ${transactionalId} to ${outcome}: it ended by ${ended}`,
    hint: 'Make a new producer.',
  })
}
