import { StreamsError } from '../errors/index.ts'
import type { RepartitionSinkNode, TopicSinkNode } from '../plan/index.ts'
import type { RecordHeaders } from '../ports/record.ts'
import { partitionOf } from '../serde/murmur2.ts'
import type { Serde } from '../serde/serde.ts'
import { unusable } from './callback.ts'
import type { ProcessorServices } from './processor.ts'

type Partitioner = (key: unknown, value: unknown, topic: string, partitions: number) => unknown

/** A record with its bytes; key and value are what a partitioner of the user's own gets. */
type Write = (
  topic: string,
  key: unknown,
  value: unknown,
  keyBytes: Buffer | null,
  valueBytes: Buffer | null,
  timestamp: number,
) => void

/**
 * Writes records where they belong: where the user's partitioner says (to several partitions, to none), else by the
 * part of the key that counts (a windowed key goes by the key alone), else by the whole key, which is left to the host.
 */
export function partitionedOutput(
  node: TopicSinkNode | RepartitionSinkNode,
  services: ProcessorServices,
  headersOf: () => RecordHeaders,
): Write {
  const { partitioner, keySerde } = node
  const byKey = keyPartition(keySerde, services)
  if (partitioner === undefined) {
    return (topic, _key, _value, keyBytes, valueBytes, timestamp) =>
      services.output(topic, keyBytes, valueBytes, timestamp, headersOf(), byKey?.(topic, keyBytes))
  }
  const choose = chosenPartitions(node, partitioner as Partitioner, services)
  const dropped = services.counter('records-dropped', node.id)
  return (topic, key, value, keyBytes, valueBytes, timestamp) => {
    let chosen: number | readonly number[] | undefined
    try {
      chosen = choose(key, value, topic) ?? byKey?.(topic, keyBytes)
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    const headers = headersOf()
    if (typeof chosen !== 'object') return services.output(topic, keyBytes, valueBytes, timestamp, headers, chosen)
    if (chosen.length === 0) dropped.value++
    for (const partition of chosen) services.output(topic, keyBytes, valueBytes, timestamp, headers, partition)
  }
}

/** Where only a part of the key decides; undefined where the whole does. */
function keyPartition(
  keySerde: Serde<unknown>,
  services: ProcessorServices,
): ((topic: string, key: Buffer | null) => number | undefined) | undefined {
  if (keySerde.partitionedBy === undefined) return undefined
  return (topic, key) =>
    key === null ? undefined : partitionOf(keySerde.partitionedBy?.(key) ?? key, services.partitionsOf(topic))
}

/** What a partitioner answers, checked; a partition that is named twice counts once. */
function chosenPartitions(
  { kind }: TopicSinkNode | RepartitionSinkNode,
  partitioner: Partitioner,
  services: ProcessorServices,
): (key: unknown, value: unknown, topic: string) => number | readonly number[] | undefined {
  const operation = kind === 'topic-sink' ? '`partition` of to()' : '`partition` of repartition()'
  return (key, value, topic) => {
    const partitions = services.partitionsOf(topic)
    const chosen = partitioner(key, value, topic, partitions)
    if (chosen === undefined) return undefined
    if (typeof chosen === 'number') return checked(chosen, topic, partitions, operation)
    if (!Array.isArray(chosen)) throw unusable(operation, 'a partition, several, or undefined for the default', chosen)
    return [...new Set(chosen.map((one: unknown) => checked(one, topic, partitions, operation)))]
  }
}

function checked(partition: unknown, topic: string, partitions: number, operation: string): number {
  if (Number.isInteger(partition) && (partition as number) >= 0 && (partition as number) < partitions) {
    return partition as number
  }
  throw new StreamsError({
    code: 'CALLBACK_RESULT_INVALID',
    what: `${operation} chose partition ${String(partition)} of topic '${topic}', which has ${partitions}`,
    hint: `Return 0 to ${partitions - 1}; the function is given the count.`,
  })
}
