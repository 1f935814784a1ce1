import { describe, expect, it } from 'vitest'
import { skip, type SourceNode } from '../plan/index.ts'
import { string } from '../serde/index.ts'
import type { Serde } from '../serde/serde.ts'
import { singleRecordBatch } from '../testing/driver/single-record-batch.ts'
import { FakeServices } from './fake-services.ts'
import { source } from './source.ts'

const text = string() as Serde<unknown>

function run(settings: Partial<SourceNode> = {}) {
  const fake = new FakeServices()
  const node: SourceNode = {
    kind: 'source',
    id: 'in',
    parents: [],
    topics: ['in'],
    keySerde: text,
    valueSerde: text,
    startAt: 'earliest',
    onInvalid: skip,
    ...settings,
  }
  const readers = new Map(node.topics.map((topic) => [topic, source(node, fake.forward, fake.services)]))
  let offset = 0
  return {
    fake,
    send: (timestamp: number, topic = 'in', value = 'v') => {
      const [key, bytes] = [Buffer.from('k'), Buffer.from(value)]
      const record = { topic, partition: 0, offset: offset++, timestamp, key, value: bytes, headers: [] }
      readers.get(topic)!.read(singleRecordBatch(record), 0, 1)
    },
    peek: (timestamp: number, value: string) => {
      const [key, bytes] = [Buffer.from('k'), Buffer.from(value)]
      const record = { topic: 'in', partition: 0, offset: offset++, timestamp, key, value: bytes, headers: [] }
      const reader = readers.get('in')!
      return { at: reader.peek(singleRecordBatch(record), 0), take: () => reader.take() }
    },
  }
}

describe('a source', () => {
  it('refuses timestamps that are negative, or later than any date: micro- and nanoseconds', () => {
    const { fake, send } = run()
    for (const timestamp of [-1, 8.64e15 + 1, 2 ** 53, 1_764_000_000_000_000_000]) send(timestamp)
    for (const timestamp of [0, 8.64e15]) send(timestamp)
    expect(fake.thrown.map(({ error }) => (error as { code?: string }).code)).toEqual(
      Array.from({ length: 4 }, () => 'TIMESTAMP_INVALID'),
    )
    expect(fake.forwarded.map((one) => one.timestamp)).toEqual([0, 8.64e15])
  })

  it('tells `at` the time of the partition, which only accepted records move, each topic its own', () => {
    const told: string[] = []
    const { send } = run({
      topics: ['in', 'more'],
      timestamp: (value: string, { timestamp, partitionTime, wallClock }) => {
        told.push(`${timestamp} ${partitionTime} ${wallClock}`)
        return value === 'bad' ? -1 : timestamp
      },
    })
    send(7)
    send(5)
    send(90, 'in', 'bad')
    send(8)
    send(3, 'more')
    expect(told).toEqual(['7 -1 0', '5 7 0', '90 7 0', '8 7 0', '3 -1 0'])
  })

  it('holds the record that it has peeked at, with its time, and sends it on when taken', () => {
    const { fake, peek } = run()
    expect(peek(7, 'one').take()).toBeUndefined()
    expect(fake.forwarded).toMatchObject([{ key: 'k', value: 'one', timestamp: 7 }])
    const { at, take } = peek(9, 'two')
    expect(at).toBe(9)
    expect(fake.services.streamTime.ms).toBe(7)
    fake.services.record.clear()
    take()
    expect(fake.services.record.offset).toBe(1)
    expect(fake.services.streamTime.ms).toBe(9)
    expect(peek(-1, 'three').at).toBeUndefined()
  })
})
