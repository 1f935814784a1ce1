import { codeOf, gate, numbered, record, type TransportCase } from './transport-case.ts'

export const readerCases: readonly TransportCase[] = [
  {
    title: 'reads from exactly the offset named, also inside a written batch, and then what comes later',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(2)
      await write(name, 0, numbered('a', 10))
      const one = reader()
      one.add([{ topic: name, partition: 0, offset: 4 }])
      await until('what is there is read', () => one.received.length === 6)
      expect(one.offsets(name)).toEqual([4, 5, 6, 7, 8, 9])
      await write(name, 0, numbered('a', 3, 10))
      await until('what came later is read', () => one.received.length === 9)
      expect(one.values(name)).toEqual(numbered('a', 9, 4))
      expect(one.next({ topic: name, partition: 0 })).toBe(13)
    },
  },
  {
    title: 'reads apart from groups: a member of a group gets the same records',
    async run({ topic, uniqueName, write, member, reader, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('a', 5))
      const inGroup = member({ groupId: uniqueName('group'), topics: [name] })
      await inGroup.start()
      const apart = [reader(), reader()]
      for (const each of apart) each.add([{ topic: name, partition: 0, offset: 0 }])
      await until('all have read', () => [inGroup, ...apart].every((each) => each.received.length === 5))
      for (const each of [inGroup, ...apart]) expect(each.values(name)).toEqual(numbered('a', 5))
    },
  },
  {
    title: 'reads keys, headers and timestamps',
    async run({ topic, producer, reader, until, expect }) {
      const name = await topic(1)
      const headers = [{ name: 'h', value: Buffer.from('1') }]
      const written = record('v', { key: Buffer.from('k'), timestamp: 1_700_000_000_123, headers })
      await producer().send([{ topic: name, partition: 0, records: [written] }])
      const one = reader()
      one.add([{ topic: name, partition: 0, offset: 0 }])
      await until('it is read', () => one.received.length === 1)
      expect(one.received).toEqual([
        {
          topic: name,
          partition: 0,
          offset: 0,
          timestamp: 1_700_000_000_123,
          key: 'k',
          value: 'v',
          headers: [['h', '1']],
        },
      ])
    },
  },
  {
    title: 'gives the next batch of a partition only when the listener is done; other partitions go on',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(2)
      const door = gate()
      const one = reader({
        whenBatch: async ({ partition }) => {
          if (partition === 0) await door.opened
        },
      })
      await write(name, 0, ['held'])
      one.add([
        { topic: name, partition: 0, offset: 0 },
        { topic: name, partition: 1, offset: 0 },
      ])
      await until('the first partition waits', () => one.values(name, 0).length === 1)
      await write(name, 0, ['later'])
      for (const value of ['x', 'y', 'z']) {
        await write(name, 1, [value])
        await until(`${value} is read`, () => one.values(name, 1).includes(value))
      }
      expect(one.values(name, 0)).toEqual(['held'])
      door.open()
      await until('the first partition goes on', () => one.values(name, 0).length === 2)
      expect(one.values(name, 1)).toEqual(['x', 'y', 'z'])
    },
  },
  {
    title: 'reads nothing more of a partition that was removed; the others go on',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(2)
      const one = reader()
      one.add([
        { topic: name, partition: 0, offset: 0 },
        { topic: name, partition: 1, offset: 0 },
      ])
      await write(name, 0, ['before'])
      await until('it is read', () => one.received.length === 1)
      one.remove([{ topic: name, partition: 0 }])
      await write(name, 0, ['after'])
      await write(name, 1, ['witness'])
      await until('the witness is read', () => one.values(name, 1).length === 1)
      expect(one.values(name, 0)).toEqual(['before'])
    },
  },
  {
    title: 'starts over where it is told to when a partition is added again',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('a', 5))
      const one = reader()
      one.add([{ topic: name, partition: 0, offset: 0 }])
      await until('all is read', () => one.received.length === 5)
      one.add([{ topic: name, partition: 0, offset: 3 }])
      await until('the end is read again', () => one.received.length === 7)
      one.remove([{ topic: name, partition: 0 }])
      one.add([{ topic: name, partition: 0, offset: 4 }])
      await until('the last is read again', () => one.received.length === 8)
      expect(one.offsets(name)).toEqual([0, 1, 2, 3, 4, 3, 4, 4])
    },
  },
  {
    title: 'starts over at once, also while the listener is not done with a batch of before',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('a', 2))
      const door = gate()
      let isFirst = true
      const one = reader({
        whenBatch: async () => {
          if (!isFirst) return
          isFirst = false
          await door.opened
        },
      })
      one.add([{ topic: name, partition: 0, offset: 0 }])
      await until('a batch is held', () => one.received.length > 0)
      const held = one.received.length
      one.add([{ topic: name, partition: 0, offset: 1 }])
      await until('it was read anew', () => one.received.length === held + 1)
      door.open()
      await write(name, 0, ['a-2'])
      await until('it goes on', () => one.values(name).includes('a-2'))
      expect(one.offsets(name).slice(held)).toEqual([1, 2])
    },
  },
  {
    title: 'hands over nothing after close, however often it is closed',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(1)
      const [closed, witness] = [reader(), reader()]
      for (const each of [closed, witness]) each.add([{ topic: name, partition: 0, offset: 0 }])
      await write(name, 0, ['before'])
      await until('both have read', () => closed.received.length === 1 && witness.received.length === 1)
      await Promise.all([closed.close(), closed.close()])
      await closed.close()
      await write(name, 0, ['after'])
      await until('the witness has read on', () => witness.received.length === 2)
      expect(closed.values(name)).toEqual(['before'])
    },
  },
  {
    title: 'closes while the listener never gets done with a batch',
    async run({ topic, write, reader, until, expect }) {
      const name = await topic(1)
      await write(name, 0, ['held'])
      const one = reader({ whenBatch: () => new Promise(() => {}) })
      one.add([{ topic: name, partition: 0, offset: 0 }])
      await until('a batch is held', () => one.received.length === 1)
      expect(await codeOf(one.close())).toBe('resolved')
    },
  },
  {
    title: 'tells of a partition that does not exist, and reads the others',
    async run({ topic, uniqueName, write, reader, until, expect }) {
      const name = await topic(1)
      const missing = { topic: uniqueName('missing'), partition: 0 }
      await write(name, 0, ['there'])
      const one = reader()
      one.add([
        { ...missing, offset: 0 },
        { topic: name, partition: 0, offset: 0 },
      ])
      await until('the failure is told', () => one.failures.length === 1 && one.received.length === 1)
      expect(one.failures.map(({ error, partition }) => [error.code, partition])).toEqual([['TOPIC_MISSING', missing]])
    },
  },
]
