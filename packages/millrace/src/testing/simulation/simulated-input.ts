import type { CompiledTopology } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { OutgoingRecord } from '../../ports/index.ts'
import { partitionOf } from '../../serde/murmur2.ts'
import { encoderFor } from '../driver/driver-serdes.ts'
import type { Random } from './random.ts'

/** A record for an input topic; keys and values are written with the serdes of the source. */
export interface SimulatedRecord {
  readonly key?: unknown
  readonly value: unknown
  /** Its time, ms. Default: up to two seconds after the one before it. */
  readonly at?: number
}

/** Records to choose from, or what makes one: `random` gives numbers in [0, 1), as Math.random does. */
export type InputSource = readonly SimulatedRecord[] | ((random: () => number, index: number) => SimulatedRecord)

export interface SentRecord {
  readonly topic: string
  readonly partition: number
  readonly record: OutgoingRecord
}

const startMs = Date.UTC(2025, 0, 1)

/** What is sent to all inputs, in one order. Throws OPTION_INVALID for an input without records. */
export function drawInputs(
  topology: CompiledTopology,
  inputs: Readonly<Record<string, InputSource>>,
  count: number,
  partitions: number,
  random: Random,
): readonly SentRecord[] {
  const topics = inputTopics(topology)
  const missing = topics.filter((topic) => inputs[topic] === undefined)
  if (missing.length > 0) throw withoutRecords(missing)
  const encoders = new Map(topics.map((topic) => [topic, encoderFor(topology, topic, undefined)]))
  let atMs = startMs
  return Array.from({ length: count * topics.length }, (_, index) => {
    const topic = random.pick(topics)
    const source = inputs[topic]!
    const drawn = typeof source === 'function' ? source(() => random.next(), index) : random.pick(source)
    atMs += random.between(0, 2_000)
    const { key, value } = encoders.get(topic)!(drawn.key ?? null, drawn.value)
    const partition = key === null ? index % partitions : partitionOf(key, partitions)
    return { topic, partition, record: { key, value, timestamp: drawn.at ?? atMs, headers: [] } }
  })
}

/** All that nobody but the user writes. */
export function inputTopics(topology: CompiledTopology): readonly string[] {
  const all = [...topology.sourceTopics, ...topology.globalTables.map((node) => node.topic)]
  return [...new Set(all)].filter((topic) => !topology.sinkTopics.includes(topic))
}

function withoutRecords(topics: readonly string[]): StreamsError {
  return new StreamsError({
    code: 'OPTION_INVALID',
    what: `simulate() has no records for ${topics.map((topic) => `'${topic}'`).join(', ')}`,
    hint: `Give some to choose from, or what makes one: { inputs: { ${JSON.stringify(topics[0])}: (random) => ({ key: …, value: … }) } }.`,
  })
}
