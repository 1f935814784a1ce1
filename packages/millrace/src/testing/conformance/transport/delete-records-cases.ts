import { codeOf, numbered, type TransportCase } from './transport-case.ts'

export const deleteRecordsCases: readonly TransportCase[] = [
  {
    title: 'makes everything below the offset unreadable and leaves the rest',
    async run({ transport, topic, write, reader, until, expect }) {
      const name = await topic(2)
      const partition = { topic: name, partition: 0 }
      await write(name, 0, numbered('a', 10))
      await write(name, 1, numbered('b', 3))
      await transport.admin.deleteRecords([{ ...partition, offset: 6 }])
      expect(await transport.admin.offsets([partition], 'earliest')).toEqual([{ ...partition, offset: 6 }])
      expect(await transport.admin.offsets([partition], 'latest')).toEqual([{ ...partition, offset: 10 }])
      const one = reader()
      one.add([
        { ...partition, offset: 6 },
        { topic: name, partition: 1, offset: 0 },
      ])
      await until('the rest is read', () => one.received.length === 7)
      expect(one.values(name, 0)).toEqual(numbered('a', 4, 6))
      expect(one.values(name, 1)).toEqual(numbered('b', 3))
    },
  },
  {
    title: 'changes nothing for an offset that is deleted already',
    async run({ transport, topic, write, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      await write(name, 0, numbered('a', 10))
      await transport.admin.deleteRecords([{ ...partition, offset: 6 }])
      await transport.admin.deleteRecords([{ ...partition, offset: 2 }])
      expect(await transport.admin.offsets([partition], 'earliest')).toEqual([{ ...partition, offset: 6 }])
    },
  },
  {
    title: 'deletes everything up to the end',
    async run({ transport, topic, write, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      await write(name, 0, numbered('a', 3))
      await transport.admin.deleteRecords([{ ...partition, offset: 3 }])
      expect(await transport.admin.offsets([partition], 'earliest')).toEqual([{ ...partition, offset: 3 }])
      await write(name, 0, ['next'])
      expect(await transport.admin.offsets([partition], 'latest')).toEqual([{ ...partition, offset: 4 }])
    },
  },
  {
    title: 'is no error for a topic that does not exist',
    async run({ transport, topic, uniqueName, write, expect }) {
      const there = { topic: await topic(1), partition: 0 }
      await write(there.topic, 0, numbered('a', 4))
      const missing = { topic: uniqueName('missing'), partition: 0 }
      const deletion = transport.admin.deleteRecords([
        { ...missing, offset: 1 },
        { ...there, offset: 2 },
      ])
      expect(await codeOf(deletion)).toBe('resolved')
      expect(await transport.admin.offsets([there], 'earliest')).toEqual([{ ...there, offset: 2 }])
      expect((await transport.admin.partitionCounts([missing.topic])).size).toBe(0)
    },
  },
  {
    title: 'lets a reader whose offset is gone go on at the first that is there',
    async run({ transport, topic, write, reader, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('a', 10))
      await transport.admin.deleteRecords([{ topic: name, partition: 0, offset: 7 }])
      const one = reader()
      one.add([{ topic: name, partition: 0, offset: 2 }])
      await until('the rest is read', () => one.received.length === 3)
      expect(one.offsets(name)).toEqual([7, 8, 9])
      expect(one.failures).toEqual([])
    },
  },
]
