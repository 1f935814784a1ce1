import type { OutgoingRecord } from '../../../ports/index.ts'
import type { ReceivedRecord } from './recording-member.ts'
import { bytes, header, numbered, record, type CaseContext, type TransportCase } from './transport-case.ts'

export const logCases: readonly TransportCase[] = [
  {
    title: 'hands over the records of each partition in the order they were written',
    async run({ topic, uniqueName, member, producer, until, expect }) {
      const name = await topic(2)
      const writer = producer()
      for (let round = 0; round < 10; round++) {
        await writer.send([
          { topic: name, partition: 0, records: numbered('a', 7, round * 7).map((value) => record(value)) },
          { topic: name, partition: 1, records: numbered('b', 3, round * 3).map((value) => record(value)) },
        ])
      }
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      await until('everything is read', () => reader.received.length === 100)
      expect(reader.values(name, 0)).toEqual(numbered('a', 70))
      expect(reader.values(name, 1)).toEqual(numbered('b', 30))
    },
  },
  {
    title: 'reads several topics in one group',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const [left, right] = [await topic(1), await topic(2)]
      await write(left, 0, ['left'])
      await write(right, 1, ['right'])
      const reader = member({ groupId: uniqueName('group'), topics: [left, right] })
      await reader.start()
      await until('both are read', () => reader.received.length === 2)
      expect(reader.reading).toEqual([`${left}/0`, `${right}/0`, `${right}/1`].sort())
      expect([...reader.values(left), ...reader.values(right)]).toEqual(['left', 'right'])
    },
  },
  {
    title: 'keeps null keys and values apart from empty ones',
    async run(context) {
      const read = await roundTrip(context, [
        record(null, { key: null }),
        record('', { key: bytes('') }),
        record(null, { key: bytes('key') }),
        record('value', { key: null }),
        record('grüße 🎬', { key: bytes('ключ') }),
      ])
      context.expect(read.map(({ key, value }) => [key, value])).toEqual([
        [null, null],
        ['', ''],
        ['key', null],
        [null, 'value'],
        ['ключ', 'grüße 🎬'],
      ])
    },
  },
  headerCase('keeps headers in order', [
    ['b', '1'],
    ['a', '2'],
    ['c', ''],
  ]),
  headerCase('keeps headers that look like numbers in order', [
    ['b', '1'],
    ['10', '2'],
    ['2', '3'],
  ]),
  headerCase('keeps several headers of one name in order', [
    ['a', '1'],
    ['a', '2'],
    ['a', '1'],
  ]),
  headerCase('keeps the place of headers between others of one name', [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ]),
  headerCase('keeps null header values apart from empty ones', [
    ['a', null],
    ['b', ''],
  ]),
  {
    title: 'keeps timestamps, whatever their order',
    async run(context) {
      // none is ahead of the clock: Kafka refuses times more than an hour ahead (message.timestamp.after.max.ms)
      const timestamps = [1_743_069_370_841, 1, 0, 1_743_069_370_840, 1_743_069_371_000]
      const read = await roundTrip(
        context,
        timestamps.map((timestamp) => record('value', { timestamp })),
      )
      context.expect(read.map(({ timestamp }) => timestamp)).toEqual(timestamps)
    },
  },
  {
    title: 'acknowledges each batch with the offset of its first record',
    async run({ topic, producer, expect }) {
      const name = await topic(2)
      const writer = producer()
      const batch = (partition: number, count: number) => ({
        topic: name,
        partition,
        records: numbered('value', count).map((value) => record(value)),
      })
      expect(await writer.send([batch(0, 3)])).toEqual([{ topic: name, partition: 0, baseOffset: 0, count: 3 }])
      const acks = [...(await writer.send([batch(0, 2), batch(1, 4)]))].sort((a, b) => a.partition - b.partition)
      expect(acks).toEqual([
        { topic: name, partition: 0, baseOffset: 3, count: 2 },
        { topic: name, partition: 1, baseOffset: 0, count: 4 },
      ])
      expect(await writer.send([batch(1, 1)])).toEqual([{ topic: name, partition: 1, baseOffset: 4, count: 1 }])
    },
  },
  {
    title: 'acknowledges nothing when there is nothing to send',
    async run({ producer, expect }) {
      expect(await producer().send([])).toEqual([])
    },
  },
  {
    title: 'tells size, next offset and end of the log with a batch',
    async run({ topic, uniqueName, member, producer, until, expect }) {
      const name = await topic(1)
      const records = [record('12345', { key: bytes('key') }), record(null, { key: bytes('k') }), record('7')]
      await producer().send([{ topic: name, partition: 0, records }])
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      await until('everything is read', () => reader.received.length === 3)
      expect(reader.batches.reduce((sum, batch) => sum + batch.count, 0)).toBe(3)
      expect(reader.batches.reduce((sum, batch) => sum + batch.sizeBytes, 0)).toBe(10)
      expect(reader.batches.at(-1)?.nextOffset).toBe(3)
      expect(reader.batches.at(-1)?.highWatermark).toBe(3)
    },
  },
  {
    title: 'reads what was written with gzip and without, in one log',
    async run({ topic, uniqueName, member, producer, until, expect }) {
      const name = await topic(1)
      const [plain, gzip] = [producer({ compression: 'none' }), producer({ compression: 'gzip' })]
      for (let round = 0; round < 4; round++) {
        const records = numbered('value', 25, round * 25).map((value) => record(value))
        await (round % 2 === 0 ? gzip : plain).send([{ topic: name, partition: 0, records }])
      }
      await gzip.send([{ topic: name, partition: 0, records: [record('value-100')] }])
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      await until('everything is read', () => reader.received.length === 101)
      expect(reader.values(name)).toEqual(numbered('value', 101))
    },
  },
  {
    title: 'keeps a value of half a megabyte',
    async run(context) {
      const value = 'millrace'.repeat(65_536)
      const read = await roundTrip(context, [record('before'), record(value), record('after')])
      context.expect(read.map((each) => each.value?.length)).toEqual([6, value.length, 5])
      context.expect(read[1]?.value === value).toBe(true)
    },
  },
  {
    title: 'keeps 10,000 records complete and in order',
    async run({ topic, uniqueName, member, producer, until, expect }) {
      const name = await topic(3)
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      const writer = producer()
      for (let from = 0; from < 10_000; from += 500) {
        const records = numbered('value', 500, from).map((value) => record(value))
        await writer.send([
          { topic: name, partition: 0, records: records.slice(0, 100) },
          { topic: name, partition: 1, records: records.slice(100, 350) },
          { topic: name, partition: 2, records: records.slice(350) },
        ])
      }
      await until('everything is read', () => reader.received.length === 10_000)
      const numbers = (partition: number): number[] =>
        reader.values(name, partition).map((value) => Number(value?.slice('value-'.length)))
      expect([0, 1, 2].map((partition) => numbers(partition).length)).toEqual([2_000, 5_000, 3_000])
      for (const partition of [0, 1, 2]) {
        const read = numbers(partition)
        expect(read.every((number, index) => index === 0 || number > (read[index - 1] ?? 0))).toBe(true)
      }
      expect(new Set(reader.received.map(({ value }) => value)).size).toBe(10_000)
    },
  },
]

function headerCase(title: string, pairs: readonly (readonly [string, string | null])[]): TransportCase {
  return {
    title,
    async run(context) {
      const headers = pairs.map(([name, value]) => header(name, value))
      const read = await roundTrip(context, [record('value', { headers }), record('bare')])
      context.expect(read.map((each) => each.headers)).toEqual([pairs, []])
    },
  }
}

async function roundTrip(
  { topic, uniqueName, member, producer, until }: CaseContext,
  records: readonly OutgoingRecord[],
): Promise<readonly ReceivedRecord[]> {
  const name = await topic(1)
  await producer().send([{ topic: name, partition: 0, records }])
  const reader = member({ groupId: uniqueName('group'), topics: [name] })
  await reader.start()
  await until('everything is read', () => reader.received.length === records.length)
  return reader.received
}
