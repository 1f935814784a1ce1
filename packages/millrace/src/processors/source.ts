import { StreamsError } from '../errors/index.ts'
import type { SourceNode } from '../plan/index.ts'
import type { Counter } from '../ports/metrics.ts'
import type { RecordBatch } from '../ports/record.ts'
import { eventTime, latestTime } from './event-time.ts'
import { PartitionTime } from './partition-time.ts'
import type { TaskServices } from './build-chain.ts'
import { originMark, type RecordOriginMark } from './origin-header.ts'
import type { Forward } from './processor.ts'

/** Reads the records of one partition with its source's serdes. */
export interface SourceReader {
  /** Sends the records [from, to) of a batch through the chain after the source. */
  readonly read: (batch: RecordBatch, from: number, to: number) => void
  /** Reads one record and holds it for `take`; gives its event time, or undefined if it is left out. */
  readonly peek: (batch: RecordBatch, index: number) => number | undefined
  /** Sends on what `peek` holds. */
  readonly take: () => void
  /** Largest event time sent on, ms; -1 before the first. */
  partitionTime: number
}

/** Where a task begins: reads bytes, decides event time, forwards. One per partition: each has a time of its own. */
export function source(node: SourceNode, forward: Forward, services: TaskServices): SourceReader {
  return new PartitionSource(node, forward, services)
}

class PartitionSource implements SourceReader {
  readonly #node: SourceNode
  readonly #forward: Forward
  readonly #services: TaskServices
  readonly #isInternal: boolean
  readonly #consumed: Counter
  readonly #repeated: Counter
  readonly #known: PartitionTime
  #batch: RecordBatch | undefined
  #index = -1
  #key: unknown
  #value: unknown
  #time = -1
  #origin: RecordOriginMark | undefined

  constructor(node: SourceNode, forward: Forward, services: TaskServices) {
    this.#node = node
    this.#forward = forward
    this.#services = services
    this.#isInternal = node.isInternal === true
    if (this.#isInternal) services.record.isInternal = true
    this.#consumed = services.counter('records-consumed', node.id)
    this.#repeated = services.counter('records-repeated', node.id)
    this.#known = new PartitionTime(services)
  }

  readonly read = (batch: RecordBatch, from: number, to: number): void => {
    this.#consumed.value += to - from
    for (let index = from; index < to; index++) if (this.#parse(batch, index)) this.#send()
  }

  readonly peek = (batch: RecordBatch, index: number): number | undefined => {
    this.#consumed.value++
    this.#batch = batch
    this.#index = index
    return this.#parse(batch, index) ? this.#time : undefined
  }

  readonly take = (): void => {
    // others have been at hand in between
    this.#services.record.at(this.#batch!, this.#index)
    this.#send()
  }

  get partitionTime(): number {
    return this.#known.partitionTime
  }

  set partitionTime(ms: number) {
    this.#known.partitionTime = ms
  }

  /** False if a policy leaves it out, or it was processed before. */
  #parse(batch: RecordBatch, index: number): boolean {
    const { keySerde, valueSerde, timestamp: at, onInvalid } = this.#node
    const { record } = this.#services
    record.at(batch, index)
    if (this.#isInternal && this.#isRepeated(batch, index)) return false
    try {
      const { topic } = batch
      const keyBytes = batch.key(index)
      const valueBytes = batch.value(index)
      this.#key = keyBytes === null ? null : keySerde.deserialize(keyBytes, topic)
      const value = valueBytes === null ? null : valueSerde.deserialize(valueBytes, topic)
      this.#value = value
      let time = (this.#known.timestamp = batch.timestamp(index))
      if (at !== undefined && value !== null) time = eventTime(at(value as never, this.#known))
      if (!(time >= 0 && time <= latestTime)) throw invalidTime(time)
      this.#time = time
      return true
    } catch (thrown) {
      this.#services.failed(this.#node, onInvalid, asUnreadable(thrown, this.#node))
      return false
    }
  }

  #isRepeated(batch: RecordBatch, index: number): boolean {
    this.#origin = originMark(batch.headers(index))
    if (this.#origin === undefined || !this.#services.isSeen(batch.topic, this.#origin)) return false
    this.#repeated.value++
    return true
  }

  #send(): void {
    const { record, streamTime } = this.#services
    if (this.#origin !== undefined) this.#services.seen(record.topic, this.#origin)
    const time = this.#time
    if (time > this.#known.partitionTime) this.#known.partitionTime = time
    if (time > streamTime.ms) streamTime.ms = time
    this.#forward(this.#key, this.#value, time)
    if (streamTime.ms >= streamTime.nextAt) streamTime.run()
  }
}

function invalidTime(time: number): StreamsError {
  const why = time > 0 ? 'No such day exists: times are ms, not micro- or nanoseconds' : 'Its producer set no time'
  return new StreamsError({
    code: 'TIMESTAMP_INVALID',
    what: `The record has timestamp ${time}`,
    hint: `${why}. Give source() an \`at\` option that takes it from the value.`,
  })
}

function asUnreadable(thrown: unknown, node: SourceNode): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'DESERIALIZE_FAILED',
    what: `Cannot read the record: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    hint: `Check the serdes and \`at\` of source('${node.pattern?.source ?? node.topics.join(', ')}').`,
    cause: thrown,
  })
}
