import { codeOf, gate, numbered, type TransportCase } from './transport-case.ts'

export const positionCases: readonly TransportCase[] = [
  {
    title: 'starts at exactly the offset that onAssigned names, also inside a written batch',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      await write(name, 0, numbered('a', 8))
      await write(name, 1, numbered('b', 8))
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        positions: async () => [
          { topic: name, partition: 0, offset: 3 },
          { topic: name, partition: 1, offset: 7 },
        ],
      })
      await reader.start()
      await until('the rest is read', () => reader.received.length === 6)
      expect(reader.values(name, 0)).toEqual(numbered('a', 5, 3))
      expect(reader.values(name, 1)).toEqual(['b-7'])
    },
  },
  {
    title: 'starts at the offset that onAssigned names, whatever the group has committed',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      const groupId = uniqueName('group')
      await write(name, 0, numbered('a', 6))
      const first = member({ groupId, topics: [name] })
      await first.start()
      await until('everything is read', () => first.received.length === 6)
      await first.commitReceived()
      await first.stop()
      const second = member({
        groupId,
        topics: [name],
        positions: async () => [{ topic: name, partition: 0, offset: 2 }],
      })
      await second.start()
      await until('the rest is read', () => second.received.length === 4)
      expect(second.values(name)).toEqual(numbered('a', 4, 2))
    },
  },
  {
    title: 'does not read a partition that onAssigned does not name',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      await write(name, 0, ['a-0'])
      await write(name, 1, ['b-0'])
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        positions: async () => [{ topic: name, partition: 0, offset: 0 }],
      })
      await reader.start()
      await until('the first is read', () => reader.received.length === 1)
      await write(name, 1, ['b-1'])
      await write(name, 0, ['a-1'])
      await until('the second is read', () => reader.received.length === 2)
      expect(reader.values(name)).toEqual(['a-0', 'a-1'])
    },
  },
  {
    title: 'reads only what comes after the latest offset when told to start there',
    async run({ transport, topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('old', 4))
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        positions: ({ partitions }) => transport.admin.offsets(partitions, 'latest'),
      })
      await reader.start()
      await write(name, 0, numbered('new', 3))
      await until('the new ones are read', () => reader.received.length === 3)
      expect(reader.values(name)).toEqual(numbered('new', 3))
    },
  },
  {
    title: 'hands over nothing before onAssigned has resolved',
    async run({ transport, topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('a', 3))
      const { opened, open } = gate()
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        positions: async ({ partitions }, self) => {
          await opened
          return self.committedOrEarliest(partitions)
        },
      })
      const started = reader.start()
      await until('the member is assigned', () => reader.assignments.length === 1)
      await write(name, 0, ['a-3'])
      await transport.admin.offsets([{ topic: name, partition: 0 }], 'latest')
      expect(reader.received.length).toBe(0)
      open()
      await started
      await until('everything is read', () => reader.received.length === 4)
      expect(reader.values(name)).toEqual(numbered('a', 4))
    },
  },
  {
    title: 'fails with OFFSET_OUT_OF_RANGE when the position is not in the log',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      await write(name, 0, numbered('a', 3))
      const reader = member({
        groupId: uniqueName('group'),
        topics: [name],
        positions: async () => [{ topic: name, partition: 0, offset: 1_000 }],
      })
      const started = await codeOf(reader.start())
      if (started === 'resolved') await until('the member has failed', () => reader.failure !== null)
      expect(started === 'resolved' ? reader.failure?.code : started).toBe('OFFSET_OUT_OF_RANGE')
      expect(reader.received).toEqual([])
    },
  },
]
