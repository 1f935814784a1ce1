import { messageOf, StreamsError } from '../errors/index.ts'
import type { RepartitionSinkNode } from '../plan/index.ts'
import { partitionedOutput } from './partitioned-output.ts'
import type { RecordHeaders } from '../ports/record.ts'
import type { CurrentRecord } from './current-record.ts'
import { originHeader, writerOf } from './origin-header.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** Writes records to an internal topic. Null keys are dropped, unless an operation behind it wants them. */
export function repartitionSink(node: RepartitionSinkNode, _forward: Forward, services: ProcessorServices): Forward {
  const { topic, keySerde, valueSerde, keepsNullKeys } = node
  const { record } = services
  const headers = node.carriesOrigin ? markedHeaders(record) : () => record.headers
  const write = partitionedOutput(node, services, headers)
  const dropped = services.counter('null-keys-dropped', node.id)
  return (key, value, timestamp) => {
    if (key === null || key === undefined) {
      if (!keepsNullKeys) {
        dropped.value++
        return
      }
    }
    let keyBytes: Buffer | null
    let valueBytes: Buffer | null
    try {
      keyBytes = key === null || key === undefined ? null : keySerde.serialize(key, topic)
      valueBytes = value === null || value === undefined ? null : valueSerde.serialize(value, topic)
    } catch (thrown) {
      return services.threw(node, asUnwritable(thrown, topic))
    }
    write(topic, key, value, keyBytes, valueBytes, timestamp)
  }
}

/** The headers of the current record with what tells it from all others that this task writes, see `Origins`. */
function markedHeaders(record: CurrentRecord): () => RecordHeaders {
  let offset = -1
  let index = 0
  let partition = -1
  let writer = 0
  return () => {
    if (record.offset < 0) return record.headers
    index = record.offset === offset ? index + 1 : 0
    offset = record.offset
    if (partition !== record.partition) {
      partition = record.partition
      // one topic per writer, see `decideOrigins`
      writer = writerOf(record.topic, partition)
    }
    return [...record.headers, originHeader(writer, offset, index)]
  }
}

function asUnwritable(thrown: unknown, topic: string): StreamsError {
  if (thrown instanceof StreamsError) {
    return new StreamsError({
      code: thrown.code,
      what: thrown.what,
      hint: `${thrown.hint} Give the operation behind it the serdes of its input, e.g. groupBy(…, { key: long() }).`,
      topic,
      cause: thrown,
    })
  }
  return new StreamsError({
    code: 'SERIALIZE_FAILED',
    what: `Cannot write a record to internal topic '${topic}': ${messageOf(thrown)}`,
    hint: 'Give the operation behind it the serdes of its input, e.g. groupBy(…, { key: long() }).',
    cause: thrown,
  })
}
