import { messageOf, StreamsError, type ErrorCode } from '../../errors/index.ts'
import type { OutgoingRecord, ProduceAck, ProduceBatch } from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { leaderOf, requireTopics, topicMissing } from './cluster-metadata.ts'
import type { DriverCluster } from './driver.ts'
import { failureKind } from './kafka-failure.ts'
import { partitionName } from './partition-position.ts'
import { produce, type ProduceAnswer } from './produce-request.ts'
import { describeProduceCode } from './produce-error.ts'
import type { WriterIdentity } from './producer-identity.ts'
import { encodeRecordBatch, recordBytes } from './record-batch-encoder.ts'
import { RareWarning } from './rare-warning.ts'
import { backoffMs, retrying, sleep } from './retry.ts'

/** A request is closed at this size, far below the 100 MiB that a broker accepts. */
const maxRequestBytes = 8 * 1_048_576
const missingAttempts = 10
/** What is written again within this time is nobody's concern: leaders move, topics are new. */
const quietMs = 3_000

/** A part of a batch that fits into one record batch. */
interface Chunk {
  readonly batch: ProduceBatch
  readonly records: readonly OutgoingRecord[]
  /** Kept over retries of the same identity: the broker recognises a repeated batch by it. */
  encoded: { readonly bytes: Buffer; readonly epoch: number } | null
}

/** Where batches are written, and how. */
export interface WriterOptions extends AdapterServices {
  readonly cluster: DriverCluster
  readonly identity: WriterIdentity
  readonly compression: 'none' | 'gzip'
}

/**
 * Writes record batches straight to the leaders, acknowledged by all in-sync replicas.
 *
 * Idempotent, with sequence numbers kept here: there is at most one unacknowledged batch per partition, and a retry
 * repeats exactly its bytes, so the broker drops what it already has, and order holds. kafkajs' own idempotent
 * producer rolls sequences back before it retries and may lose a record; its plain one doubles records after a lost
 * acknowledgement, which a changelog reader would take for a second writer.
 */
export class RecordWriter {
  readonly #options: WriterOptions
  readonly #topics = new Set<string>()
  readonly #warning: RareWarning
  #isClosed = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#warning = new RareWarning(options.clock, options.logger, quietMs)
  }

  /** Ends a send that is under way. */
  close(): void {
    this.#isClosed = true
  }

  /** Rejects with PRODUCE_FAILED, TRANSPORT_CLOSED, or what the identity says of its loss. */
  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    const acks = new Map<ProduceBatch, number>()
    const queues = this.#queues(batches)
    const { clock, settings } = this.#options
    const deadline = clock.nowMs() + settings.retryTimeoutMs
    for (let failures = 0; queues.size > 0;) {
      const failure = await this.#round(queues, acks)
      if (failure === null) {
        failures = 0
        this.#warning.healed()
        continue
      }
      failures++
      const isMissing = failureKind(failure.thrown) === 'missing-topic' && failures >= missingAttempts
      if (this.#isClosed || !isWorthRetrying(failure.thrown) || isMissing || clock.nowMs() >= deadline) {
        throw produceFailed(failure)
      }
      this.#warning.failed('Records cannot be written; trying again', failure.thrown)
      await sleep(clock, backoffMs(failures, 20))
    }
    return [...acks].map(([{ topic, partition, records }, baseOffset]) => ({
      topic,
      partition,
      baseOffset,
      count: records.length,
    }))
  }

  #queues(batches: readonly ProduceBatch[]): Map<string, Chunk[]> {
    const queues = new Map<string, Chunk[]>()
    for (const batch of batches) {
      const name = partitionName(batch)
      for (const records of split(batch.records, this.#options.settings.maxBatchBytes)) {
        const chunk: Chunk = { batch, records, encoded: null }
        const queue = queues.get(name)
        if (queue) queue.push(chunk)
        else queues.set(name, [chunk])
      }
    }
    return queues
  }

  /** Sends the head of every queue. Null when all of them were written; else the first failure. */
  async #round(queues: Map<string, Chunk[]>, acks: Map<ProduceBatch, number>): Promise<Failure | null> {
    const heads: Chunk[] = []
    try {
      if (this.#isClosed) throw closedError()
      await this.#prepare(queues)
      let bytes = 0
      for (const [chunk] of queues.values()) {
        const { length } = (await this.#encode(chunk!)).bytes
        if (heads.length > 0 && bytes + length > maxRequestBytes) break
        bytes += length
        heads.push(chunk!)
      }
      const failures = await Promise.all(
        [...this.#byLeader(heads)].map(([nodeId, chunks]) => this.#sendTo(nodeId, chunks, queues, acks)),
      )
      const failure = failures.find((each) => each !== null) ?? null
      if (failure) await this.#refresh(failure.thrown)
      return failure
    } catch (thrown) {
      return { thrown, batch: heads[0]?.batch }
    }
  }

  async #prepare(queues: ReadonlyMap<string, readonly Chunk[]>): Promise<void> {
    const { cluster, identity } = this.#options
    for (const [chunk] of queues.values()) {
      const { topic } = chunk!.batch
      if (this.#topics.has(topic)) continue
      await requireTopics(cluster, [topic])
      this.#topics.add(topic)
    }
    await identity.ready([...queues.values()].map(([chunk]) => chunk!.batch))
  }

  async #encode(chunk: Chunk): Promise<NonNullable<Chunk['encoded']>> {
    const { identity, compression } = this.#options
    if (chunk.encoded?.epoch !== identity.epoch) {
      const { epoch } = identity
      const bytes = await encodeRecordBatch(chunk.records, identity.next(partitionName(chunk.batch)), compression)
      chunk.encoded = { bytes, epoch }
    }
    return chunk.encoded
  }

  #byLeader(chunks: readonly Chunk[]): ReadonlyMap<number, readonly Chunk[]> {
    const leaders = new Map<number, Chunk[]>()
    for (const chunk of chunks) {
      const { topic, partition } = chunk.batch
      const leader = leaderOf(this.#options.cluster, topic, partition)
      const same = leaders.get(leader)
      if (same) same.push(chunk)
      else leaders.set(leader, [chunk])
    }
    return leaders
  }

  async #sendTo(
    nodeId: number,
    chunks: readonly Chunk[],
    queues: Map<string, Chunk[]>,
    acks: Map<ProduceBatch, number>,
  ): Promise<Failure | null> {
    const first = chunks[0]!.batch
    if (nodeId === -2) return { thrown: topicMissing([first.topic]).in(place(first)), batch: first }
    if (nodeId < 0) return { thrown: describeProduceCode(5).toError(first), batch: first }
    try {
      const { cluster, identity, settings } = this.#options
      const broker = await cluster.findBroker({ nodeId })
      const encoded = chunks.map(({ batch, encoded }) => ({ ...place(batch), bytes: encoded!.bytes }))
      const answers = await produce(broker, encoded, settings.requestTimeoutMs, identity.transactionalId)
      let failure: Failure | null = null
      for (const answer of answers) failure = this.#settle(answer, queues, acks) ?? failure
      return failure
    } catch (thrown) {
      return { thrown, batch: first }
    }
  }

  #settle(answer: ProduceAnswer, queues: Map<string, Chunk[]>, acks: Map<ProduceBatch, number>): Failure | null {
    const name = partitionName(answer)
    const queue = queues.get(name)
    const chunk = queue?.[0]
    if (!queue || !chunk) return null
    const problem = describeProduceCode(answer.errorCode)
    if (problem.isWritten) {
      this.#options.identity.advance(name, chunk.records.length)
      if (!acks.has(chunk.batch)) acks.set(chunk.batch, answer.baseOffset)
      queue.shift()
      if (queue.length === 0) queues.delete(name)
      return null
    }
    if (problem.isIdentityLost) {
      const thrown = this.#options.identity.lost(answer) ?? problem.toError(answer)
      return { thrown, batch: chunk.batch }
    }
    if (problem.isTooLarge && chunk.records.length > 1) {
      const middle = chunk.records.length >>> 1
      const halves = [chunk.records.slice(0, middle), chunk.records.slice(middle)]
      queue.splice(0, 1, ...halves.map((records): Chunk => ({ batch: chunk.batch, records, encoded: null })))
      return { thrown: problem.toError(answer, true), batch: chunk.batch }
    }
    return { thrown: problem.toError(answer), batch: chunk.batch }
  }

  async #refresh(failure: unknown): Promise<void> {
    if (failureKind(failure) === 'fatal') return
    const check = (): void => {
      if (this.#isClosed) throw closedError()
    }
    await retrying(this.#options.clock, { timeoutMs: 1_000, check }, () => this.#options.cluster.refreshMetadata())
  }
}

interface Failure {
  readonly thrown: unknown
  readonly batch: ProduceBatch | undefined
}

function place({ topic, partition }: ProduceBatch): { topic: string; partition: number } {
  return { topic, partition }
}

function isWorthRetrying(thrown: unknown): boolean {
  const kind = failureKind(thrown)
  return kind === 'transient' || kind === 'missing-topic'
}

function* split(records: readonly OutgoingRecord[], maxBytes: number): Generator<readonly OutgoingRecord[]> {
  let from = 0
  let bytes = 0
  for (let index = 0; index < records.length; index++) {
    const size = recordBytes(records[index]!)
    if (index > from && bytes + size > maxBytes) {
      yield records.slice(from, index)
      from = index
      bytes = 0
    }
    bytes += size
  }
  if (from < records.length) yield from === 0 ? records : records.slice(from)
}

export function closedError(): StreamsError {
  return new StreamsError({ code: 'TRANSPORT_CLOSED', what: 'The producer is closed', hint: 'Make a new one.' })
}

const passedOn = new Set<ErrorCode>(['TRANSPORT_CLOSED', 'PRODUCER_FENCED', 'TRANSACTION_FAILED'])

function produceFailed({ thrown, batch }: Failure): StreamsError {
  if (thrown instanceof StreamsError && passedOn.has(thrown.code)) return thrown
  const known = thrown instanceof StreamsError ? thrown : undefined
  return new StreamsError({
    ...(batch ? place(batch) : {}),
    ...known?.context,
    code: 'PRODUCE_FAILED',
    what: `Records could not be written: ${known?.what ?? messageOf(thrown)}`,
    hint: known?.hint ?? 'See the cause: it does not heal by itself, or it has lasted for retryTimeoutMs.',
    cause: thrown,
  })
}
