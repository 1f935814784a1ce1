import { messageOf, StreamsError } from '../errors/index.ts'
import type { TopicSinkNode } from '../plan/index.ts'
import type { Serde } from '../serde/index.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function topicSink(node: TopicSinkNode, _forward: Forward, services: ProcessorServices): Forward {
  const { topic, keySerde, valueSerde } = node
  const { record } = services
  return (key, value, timestamp) => {
    let keyBytes: Buffer | null
    let valueBytes: Buffer | null
    try {
      keyBytes = serialize(keySerde, key, topic)
      valueBytes = serialize(valueSerde, value, topic)
    } catch (thrown) {
      return services.failed(node, node.onError, asUnwritable(thrown, topic))
    }
    services.output(topic, keyBytes, valueBytes, timestamp, record.headers)
  }
}

function serialize(serde: Serde<unknown>, value: unknown, topic: string): Buffer | null {
  return value === null || value === undefined ? null : serde.serialize(value, topic)
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
