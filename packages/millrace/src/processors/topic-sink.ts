import { messageOf, StreamsError } from '../errors/index.ts'
import type { TopicSinkNode } from '../plan/index.ts'
import { unusable, type UserFunction } from './callback.ts'
import type { RecordContext, RecordHeaders } from '../ports/record.ts'
import type { CurrentRecord } from './current-record.ts'
import { partitionedOutput } from './partitioned-output.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function topicSink(node: TopicSinkNode, _forward: Forward, services: ProcessorServices): Forward {
  const { keySerde, valueSerde } = node
  const write = partitionedOutput(node, services, () => services.record.headers)
  const [only = ''] = node.topics
  const route = node.route as UserFunction | undefined
  const context = new SinkRecord(services.record)
  return (key, value, timestamp) => {
    let topic = only
    if (route !== undefined) {
      try {
        context.timestamp = timestamp
        const named = route(value, key, context)
        if (typeof named !== 'string') throw unusable('to()', 'the name of a topic', named)
        topic = named
      } catch (thrown) {
        return services.threw(node, thrown)
      }
    }
    let keyBytes: Buffer | null
    let valueBytes: Buffer | null
    try {
      keyBytes = key === null || key === undefined ? null : keySerde.serialize(key, topic)
      if (value === undefined) throw undefinedValue()
      valueBytes = value === null ? null : valueSerde.serialize(value, topic)
    } catch (thrown) {
      return services.failed(node, node.onError, asUnwritable(thrown, topic))
    }
    write(topic, key, value, keyBytes, valueBytes, timestamp)
  }
}

/** The record that is being routed: one object that moves with the records. */
class SinkRecord implements RecordContext {
  timestamp = -1
  readonly #record: CurrentRecord

  constructor(record: CurrentRecord) {
    this.#record = record
  }

  get topic(): string {
    return this.#record.topic
  }

  get partition(): number {
    return this.#record.partition
  }

  get offset(): number {
    return this.#record.offset
  }

  get headers(): RecordHeaders {
    return this.#record.headers
  }
}

/** A callback without a return must not delete what stands under the key. */
function undefinedValue(): StreamsError {
  return new StreamsError({
    code: 'SERIALIZE_FAILED',
    what: 'The value is undefined',
    hint: 'Return a value in the operation before to(), or null for a tombstone.',
  })
}

function asUnwritable(thrown: unknown, topic: string): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'SERIALIZE_FAILED',
    what: `Cannot write a record to topic '${topic}': ${messageOf(thrown)}`,
    hint: `Check the serdes of to('${topic}').`,
    cause: thrown,
  })
}
