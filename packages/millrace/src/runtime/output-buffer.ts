import { messageOf, StreamsError } from '../errors/index.ts'
import type {
  Counter,
  OutgoingRecord,
  ProduceAck,
  ProduceBatch,
  RecordHeaders,
  TransportProducer,
} from '../ports/index.ts'
import { partitionOf } from '../serde/murmur2.ts'
import { Signal } from './signal.ts'

/** A broker takes batches of up to about 1 MB by default (`max.message.bytes`); this leaves room for framing. */
const maxBatchBytes = 800_000
const maxBatchRecords = 10_000
const maxRequestBytes = 8 * 1024 * 1024
const highMarkBytes = 16 * 1024 * 1024
/** Framing of one record in a batch, roughly. */
const recordOverheadBytes = 16

interface OpenBatch {
  readonly topic: string
  readonly partition: number
  readonly records: OutgoingRecord[]
  bytes: number
  /** How many records the buffer had ever taken when this batch was opened. */
  readonly opened: number
}

export type AckListener = (ack: ProduceAck) => void

/**
 * Collects what an app writes to topics and keeps one send under way: what comes in meanwhile forms the next one. So
 * batches are as large as the load makes them, and a lone record leaves at once.
 */
export class OutputBuffer {
  readonly #producer: Pick<TransportProducer, 'send'>
  readonly #partitionCounts: ReadonlyMap<string, number>
  readonly #produced: Counter
  readonly #onFailed: (error: StreamsError) => void
  readonly #open = new Map<string, (OpenBatch | undefined)[]>()
  #ready: OpenBatch[] = []
  #inFlight: readonly OpenBatch[] = []
  #added = 0
  #bytes = 0
  #keyless = 0
  #sending: Promise<void> | undefined
  #failure: StreamsError | undefined
  readonly #watchers = new Map<string, { readonly listener: AckListener; readonly since: number }>()
  /** How many records had been added when the buffer was sealed; what came later stays. */
  #sealedAt = Infinity
  readonly #unsealed = new Signal()

  constructor(
    producer: Pick<TransportProducer, 'send'>,
    partitionCounts: ReadonlyMap<string, number>,
    produced: Counter,
    onFailed: (error: StreamsError) => void,
  ) {
    this.#producer = producer
    this.#partitionCounts = partitionCounts
    this.#produced = produced
    this.#onFailed = onFailed
  }

  /** Throws TOPIC_MISSING for a topic that was not there when the app started. */
  partitionsOf(topic: string): number {
    const partitions = this.#partitionCounts.get(topic)
    if (partitions === undefined) throw unknownTopic(topic)
    return partitions
  }

  /** Collects one record; `kick` or `flush` sends. */
  add(
    topic: string,
    key: Buffer | null,
    value: Buffer | null,
    timestamp: number,
    headers: RecordHeaders,
    to?: number,
  ): void {
    const partitions = this.partitionsOf(topic)
    const partition = to ?? (key === null ? this.#keyless % partitions : partitionOf(key, partitions))
    const bytes = (key?.length ?? 0) + (value?.length ?? 0) + headerBytes(headers) + recordOverheadBytes
    const batch = this.#batchFor(topic, partition, partitions, bytes)
    batch.records.push({ key, value, timestamp, headers })
    batch.bytes += bytes
    this.#bytes += bytes
    this.#added++
  }

  /** How many records it has ever taken. */
  get added(): number {
    return this.#added
  }

  get isFull(): boolean {
    return this.#bytes >= highMarkBytes
  }

  /** Resolves once there is room again. Rejects when sending failed. */
  async drained(): Promise<void> {
    while (this.isFull) {
      if (this.#isHeldBack()) await this.#unsealed.wait()
      else await this.#send()
    }
  }

  /**
   * Told of every acknowledged batch of one partition, in order, from now on: what was added before belongs to an earlier
   * task, and is to its successor what somebody else wrote. The result ends it.
   */
  watch(topic: string, partition: number, listener: AckListener): () => void {
    const name = `${topic} ${partition}`
    this.#closeOpen()
    const watcher = { listener, since: this.#added }
    this.#watchers.set(name, watcher)
    return () => {
      if (this.#watchers.get(name) === watcher) this.#watchers.delete(name)
    }
  }

  /** Holds back what is added from now on, until `unseal`: a transaction takes nothing that its offsets do not cover. */
  seal(): void {
    this.#closeOpen()
    this.#sealedAt = this.#added
  }

  unseal(): void {
    this.#sealedAt = Infinity
    this.#unsealed.notify()
    this.kick()
  }

  /** Sends what is collected unless a send is under way, which will take it along. */
  kick(): void {
    if (this.#bytes > 0 && this.#sending === undefined && !this.#isHeldBack()) this.#send().catch(() => {})
  }

  /** Resolves when everything that was added before the call, or the seal, is acknowledged. Rejects with PRODUCE_FAILED. */
  async flush(): Promise<void> {
    const target = Math.min(this.#added, this.#sealedAt)
    while (this.#failure === undefined && this.#oldest() < target) await this.#send()
    if (this.#failure !== undefined) throw this.#failure
  }

  #isHeldBack(): boolean {
    return this.#sealedAt !== Infinity && this.#oldest() >= this.#sealedAt
  }

  /** When the oldest batch that is not acknowledged was opened; Infinity when there is none. */
  #oldest(): number {
    let oldest = Infinity
    for (const batch of this.#inFlight) oldest = Math.min(oldest, batch.opened)
    for (const batch of this.#ready) oldest = Math.min(oldest, batch.opened)
    for (const open of this.#open.values()) {
      for (const batch of open) if (batch !== undefined) oldest = Math.min(oldest, batch.opened)
    }
    return oldest
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendRequest().finally(() => {
      this.#sending = undefined
      if (this.#failure === undefined) this.kick()
    })
    return this.#sending
  }

  async #sendRequest(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const request = this.#takeRequest()
    this.#inFlight = request
    let records = 0
    let bytes = 0
    for (const batch of request) {
      records += batch.records.length
      bytes += batch.bytes
    }
    try {
      const acks = await this.#producer.send(request satisfies readonly ProduceBatch[])
      for (const ack of acks) this.#acknowledged(ack, request)
    } catch (thrown) {
      this.#failure = asProduceFailed(thrown)
      this.#onFailed(this.#failure)
      throw this.#failure
    }
    this.#inFlight = []
    this.#bytes -= bytes
    this.#produced.value += records
  }

  #acknowledged(ack: ProduceAck, request: readonly OpenBatch[]): void {
    const watcher = this.#watchers.get(`${ack.topic} ${ack.partition}`)
    if (watcher === undefined) return
    const batch = request.find((one) => one.topic === ack.topic && one.partition === ack.partition)
    if (batch !== undefined && batch.opened >= watcher.since) watcher.listener(ack)
  }

  /** The oldest batches, at most one per partition, up to the size of a request. */
  #takeRequest(): readonly OpenBatch[] {
    if (this.#sealedAt === Infinity) this.#closeOpen()
    this.#keyless++
    const request: OpenBatch[] = []
    const later: OpenBatch[] = []
    const taken = new Set<string>()
    let bytes = 0
    for (const batch of this.#ready) {
      const partition = `${batch.topic} ${batch.partition}`
      const fits = batch.opened < this.#sealedAt && (request.length === 0 || bytes + batch.bytes <= maxRequestBytes)
      if (!fits || taken.has(partition)) later.push(batch)
      else {
        request.push(batch)
        bytes += batch.bytes
      }
      taken.add(partition)
    }
    this.#ready = later
    return request
  }

  #batchFor(topic: string, partition: number, partitions: number, bytes: number): OpenBatch {
    let open = this.#open.get(topic)
    if (open === undefined) {
      open = Array.from({ length: partitions })
      this.#open.set(topic, open)
    }
    let batch = open[partition]
    if (batch === undefined || batch.bytes + bytes > maxBatchBytes || batch.records.length >= maxBatchRecords) {
      if (batch !== undefined) this.#ready.push(batch)
      batch = { topic, partition, records: [], bytes: 0, opened: this.#added }
      open[partition] = batch
    }
    return batch
  }

  #closeOpen(): void {
    for (const open of this.#open.values()) {
      for (let partition = 0; partition < open.length; partition++) {
        const batch = open[partition]
        if (batch === undefined) continue
        this.#ready.push(batch)
        open[partition] = undefined
      }
    }
  }
}

function headerBytes(headers: RecordHeaders): number {
  let bytes = 0
  for (const { name, value } of headers) bytes += 3 * name.length + (value?.length ?? 0) + recordOverheadBytes
  return bytes
}

function unknownTopic(topic: string): StreamsError {
  return new StreamsError({
    code: 'TOPIC_MISSING',
    what: `Topic '${topic}' was not there when the app started`,
    hint: 'Create it and start again; name every topic that to() may choose: to(…, { topics: [ … ] }).',
    topic,
  })
}

function asProduceFailed(thrown: unknown): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'PRODUCE_FAILED',
    what: `Records could not be written: ${messageOf(thrown)}`,
    hint: 'See the cause; after a restart they are produced again.',
    cause: thrown,
  })
}
