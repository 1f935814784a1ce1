import { StreamsError } from '../errors/index.ts'
import type { SourceNode } from '../plan/index.ts'
import type { RecordBatch } from '../ports/record.ts'
import { eventTime, latestTime } from './event-time.ts'
import { PartitionTime } from './partition-time.ts'
import type { TaskServices } from './build-chain.ts'
import type { Forward } from './processor.ts'

/** Reads the records of one partition with its source's serdes. */
export interface SourceReader {
  /** Sends the records [from, to) of a batch through the chain after the source. */
  readonly read: (batch: RecordBatch, from: number, to: number) => void
  /** Reads one record and holds it for `take`; gives its event time, or undefined if a policy leaves it out. */
  readonly peek: (batch: RecordBatch, index: number) => number | undefined
  /** Sends on what `peek` holds. */
  readonly take: () => void
}

/** Where a task begins: reads bytes, decides event time, forwards. One per partition: each has a time of its own. */
export function source(node: SourceNode, forward: Forward, services: TaskServices): SourceReader {
  const { keySerde, valueSerde, timestamp: at } = node
  const { record, streamTime } = services
  const consumed = services.counter('records-consumed', node.id)
  const known = new PartitionTime(services)
  let key: unknown
  let value: unknown
  let time = -1

  /** False if a policy leaves it out. */
  const parse = (batch: RecordBatch, index: number): boolean => {
    record.at(batch, index)
    try {
      const { topic } = batch
      const keyBytes = batch.key(index)
      const valueBytes = batch.value(index)
      key = keyBytes === null ? null : keySerde.deserialize(keyBytes, topic)
      value = valueBytes === null ? null : valueSerde.deserialize(valueBytes, topic)
      time = known.timestamp = batch.timestamp(index)
      if (at !== undefined && value !== null) time = eventTime(at(value as never, known))
      if (!(time >= 0 && time <= latestTime)) throw invalidTime(time)
      return true
    } catch (thrown) {
      services.failed(node, node.onInvalid, asUnreadable(thrown, node))
      return false
    }
  }
  const send = (): void => {
    if (time > known.partitionTime) known.partitionTime = time
    if (time > streamTime.ms) streamTime.ms = time
    forward(key, value, time)
    if (streamTime.ms >= streamTime.nextAt) streamTime.run()
  }
  let peeked: RecordBatch | undefined
  let peekedIndex = 0
  return {
    read(batch, from, to) {
      consumed.value += to - from
      for (let index = from; index < to; index++) if (parse(batch, index)) send()
    },
    peek(batch, index) {
      consumed.value++
      peeked = batch
      peekedIndex = index
      return parse(batch, index) ? time : undefined
    },
    take() {
      // others have been at hand in between
      record.at(peeked!, peekedIndex)
      send()
    },
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
