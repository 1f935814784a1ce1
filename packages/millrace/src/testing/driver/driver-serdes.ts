import { type CompiledTopology, patternSourceOf } from '../../compile/index.ts'
import { withoutOrigin } from '../../processors/index.ts'
import type { Serde } from '../../serde/index.ts'
import type { Written } from './driver-outputs.ts'
import type { TopicRecord, TopicSerdes } from './test-driver.ts'

interface Serdes {
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
}

/** Writes what a test sends as bytes of an input topic. */
export function encoderFor(
  topology: CompiledTopology,
  topic: string,
  given: TopicSerdes<unknown, unknown> | undefined,
): (key: unknown, value: unknown) => { readonly key: Buffer | null; readonly value: Buffer | null } {
  const reader = readerOf(topology, topic)
  const keySerde = given?.key ?? reader?.keySerde
  const valueSerde = given?.value ?? reader?.valueSerde
  return (key, value) => ({ key: encoded(keySerde, topic, key), value: encoded(valueSerde, topic, value) })
}

function encoded(serde: Serde<unknown> | undefined, topic: string, given: unknown): Buffer | null {
  if (given === null) return null
  if (Buffer.isBuffer(given)) return given
  if (serde !== undefined && serde.name !== 'bytes') return serde.serialize(given, topic)
  return Buffer.from(typeof given === 'string' ? given : JSON.stringify(given))
}

/** A written record, read with the serdes that it was written with; raw where nobody wrote it with any. */
export function decodeWritten(
  topology: CompiledTopology,
  record: Written,
  given?: TopicSerdes<unknown, unknown>,
): TopicRecord {
  const writer = writerOf(topology, record.topic)
  const { topic, timestamp } = record
  const headers = withoutOrigin(record.headers)
  const key = decoded(given?.key ?? writer?.keySerde, topic, record.key)
  const value = decoded(given?.value ?? writer?.valueSerde, topic, record.value)
  return { topic, key, value, timestamp, headers }
}

function decoded(serde: Serde<unknown> | undefined, topic: string, bytes: Buffer | null): unknown {
  return bytes === null || serde === undefined ? bytes : serde.deserialize(bytes, topic)
}

function readerOf(topology: CompiledTopology, topic: string): Serdes | undefined {
  for (const sub of topology.subTopologies) {
    for (const node of sub.nodes) if (node.kind === 'source' && node.topics.includes(topic)) return node
  }
  const byPattern = patternSourceOf(topology, topic)
  if (byPattern !== undefined) return byPattern
  return topology.globalTables.find((node) => node.topic === topic)?.store
}

function writerOf(topology: CompiledTopology, topic: string): Serdes | undefined {
  for (const sub of topology.subTopologies) {
    for (const node of sub.nodes) {
      if (node.kind === 'repartition-sink' && node.topic === topic) return node
      if (node.kind === 'topic-sink' && (node.route !== undefined || node.topics.includes(topic))) return node
    }
  }
  return undefined
}
