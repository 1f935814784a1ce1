import { type CompiledTopology, patternSourceOf } from '../../compile/index.ts'
import type { Serde } from '../../serde/index.ts'
import type { Written } from './driver-outputs.ts'
import type { TopicRecord } from './test-driver.ts'

type Part = 'key' | 'value'

interface Serdes {
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
}

/** What a test sends, as bytes of an input topic. */
export function encodeFor(topology: CompiledTopology, topic: string, part: Part, given: unknown): Buffer | null {
  if (given === null) return null
  if (Buffer.isBuffer(given)) return given
  const serdes = readerOf(topology, topic)
  const serde = part === 'key' ? serdes?.keySerde : serdes?.valueSerde
  if (serde !== undefined && serde.name !== 'bytes') return serde.serialize(given, topic)
  return Buffer.from(typeof given === 'string' ? given : JSON.stringify(given))
}

/** A written record, read with the serdes that it was written with; raw where nobody wrote it with any. */
export function decodeWritten(topology: CompiledTopology, record: Written): TopicRecord {
  const serdes = writerOf(topology, record.topic)
  const { topic, timestamp, headers } = record
  const key = record.key === null || serdes === undefined ? record.key : serdes.keySerde.deserialize(record.key, topic)
  const value =
    record.value === null || serdes === undefined ? record.value : serdes.valueSerde.deserialize(record.value, topic)
  return { topic, key, value, timestamp, headers }
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
