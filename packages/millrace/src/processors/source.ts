import { StreamsError } from '../errors/index.ts'
import type { SourceNode } from '../plan/index.ts'
import type { RecordBatch } from '../ports/record.ts'
import { eventTime, latestTime } from './event-time.ts'
import { PartitionTimes } from './partition-times.ts'
import type { TaskServices } from './build-chain.ts'
import type { Forward } from './processor.ts'

/** Sends the records [from, to) of a batch through the chain after one source. */
export type SourceReader = (batch: RecordBatch, from: number, to: number) => void

/** Where a task begins: reads bytes with the source's serdes, decides event time, forwards. */
export function source(node: SourceNode, forward: Forward, services: TaskServices): SourceReader {
  const { keySerde, valueSerde, timestamp: at } = node
  const { record, streamTime } = services
  const times = new PartitionTimes(services)
  return (batch, from, to) => {
    const { topic } = batch
    const known = times.of(topic)
    for (let index = from; index < to; index++) {
      record.at(batch, index)
      let key: unknown
      let value: unknown
      let time: number
      try {
        const keyBytes = batch.key(index)
        const valueBytes = batch.value(index)
        key = keyBytes === null ? null : keySerde.deserialize(keyBytes, topic)
        value = valueBytes === null ? null : valueSerde.deserialize(valueBytes, topic)
        time = known.timestamp = batch.timestamp(index)
        if (at !== undefined && value !== null) time = eventTime(at(value as never, known))
        if (!(time >= 0 && time <= latestTime)) throw invalidTime(time)
      } catch (thrown) {
        services.failed(node, node.onInvalid, asUnreadable(thrown, node))
        continue
      }
      if (time > known.partitionTime) known.partitionTime = time
      if (time > streamTime.ms) streamTime.ms = time
      forward(key, value, time)
      if (streamTime.ms >= streamTime.nextAt) streamTime.run()
    }
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
