import { numbered, record, type TransportCase } from './transport-case.ts'

export const flowCases: readonly TransportCase[] = [
  {
    title: 'hands over nothing of a paused partition, and all of it once after resume',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      await write(name, 0, numbered('a', 5))
      await write(name, 1, numbered('b', 5))
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      await until('the first ten are read', () => reader.received.length === 10)
      reader.pause([{ topic: name, partition: 0 }])
      await write(name, 0, numbered('a', 5, 5))
      await write(name, 1, numbered('b', 5, 5))
      await until('the other partition is read', () => reader.values(name, 1).length === 10)
      await write(name, 0, numbered('a', 5, 10))
      await write(name, 1, numbered('b', 5, 10))
      await until('the other partition is read on', () => reader.values(name, 1).length === 15)
      expect(reader.values(name, 0)).toEqual(numbered('a', 5))
      reader.resume([{ topic: name, partition: 0 }])
      await until('the paused partition is read', () => reader.values(name, 0).length === 15)
      expect(reader.values(name, 0)).toEqual(numbered('a', 15))
      expect(reader.values(name, 1)).toEqual(numbered('b', 15))
    },
  },
  {
    title: 'keeps a pause that was asked for in onAssigned',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      await write(name, 0, numbered('a', 3))
      await write(name, 1, numbered('b', 3))
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        positions: ({ partitions }, self) => {
          self.pause([{ topic: name, partition: 0 }])
          return self.committedOrEarliest(partitions)
        },
      })
      await reader.start()
      await until('the other partition is read', () => reader.received.length === 3)
      await write(name, 1, ['b-3'])
      await until('the other partition is read on', () => reader.received.length === 4)
      expect(reader.values(name, 0)).toEqual([])
      reader.resume([{ topic: name, partition: 0 }])
      await until('the paused partition is read', () => reader.received.length === 7)
      expect(reader.values(name, 0)).toEqual(numbered('a', 3))
    },
  },
  {
    title: 'loses and repeats nothing when every batch pauses its partition',
    async run({ topic, uniqueName, member, producer, until, expect }) {
      const name = await topic(2)
      const writer = producer()
      for (let from = 0; from < 3_000; from += 100) {
        const records = numbered('value', 100, from).map((value) => record(value))
        await writer.send([0, 1].map((partition) => ({ topic: name, partition, records })))
      }
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        whenBatch: (batch, _generation, self) => {
          self.pause([batch])
          setTimeout(() => self.resume([batch]), 5)
        },
      })
      await reader.start()
      await until('everything is read', () => reader.received.length === 6_000)
      expect(reader.values(name, 0)).toEqual(numbered('value', 3_000))
      expect(reader.values(name, 1)).toEqual(numbered('value', 3_000))
    },
  },
  {
    title: 'keeps a pause over a rebalance, until resume',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const first = member({ groupId, topics: [name] })
      await first.start()
      const partitions = [0, 1].map((partition) => ({ topic: name, partition }))
      first.pause(partitions)
      const second = member({ groupId, topics: [name] })
      await second.start()
      await until('both read one partition', () => first.reading.length === 1 && second.reading.length === 1)
      await write(name, 0, ['a'])
      await write(name, 1, ['b'])
      await until('the second has read its own', () => second.received.length === 1)
      await second.commitReceived()
      await second.stop()
      await until('the first has both', () => first.reading.length === 2)
      const witness = member({ groupId: uniqueName('group'), topics: [name] })
      await witness.start()
      await until('the witness has read', () => witness.received.length === 2)
      expect(first.received).toEqual([])
      first.resume(partitions)
      await until('the first has read the rest', () => first.received.length === 1)
    },
  },
]
