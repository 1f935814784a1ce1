import { codeOf, numbered, type TransportCase } from './transport-case.ts'

export const commitCases: readonly TransportCase[] = [
  {
    title: 'keeps committed offsets with their metadata; a partition without a commit is absent',
    async run({ transport, topic, uniqueName, member, expect }) {
      const name = await topic(3)
      const groupId = uniqueName('group')
      const reader = member({ groupId, topics: [name] })
      await reader.start()
      const offsets = [
        { topic: name, partition: 0, offset: 7, metadata: 'stores=a:12;zeit=µs "quoted"' },
        { topic: name, partition: 2, offset: 0, metadata: '' },
      ]
      await reader.consumer.commit(offsets, reader.generation)
      const asked = [0, 1, 2].map((partition) => ({ topic: name, partition }))
      const byPartition = (a: { partition: number }, b: { partition: number }): number => a.partition - b.partition
      expect([...(await reader.consumer.committed(asked))].sort(byPartition)).toEqual(offsets)
      expect([...(await transport.admin.committed(groupId, asked))].sort(byPartition)).toEqual(offsets)
      expect(await transport.admin.committed(groupId, asked.slice(1, 2))).toEqual([])
    },
  },
  {
    title: 'knows nothing of a group that has never committed',
    async run({ transport, topic, uniqueName, expect }) {
      const name = await topic(1)
      expect(await transport.admin.committed(uniqueName('group'), [{ topic: name, partition: 0 }])).toEqual([])
    },
  },
  {
    title: 'replaces a commit by a later one, also by a lower offset',
    async run({ topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      for (const [offset, metadata] of [
        [5, 'first'],
        [9, ''],
        [4, 'third'],
      ] as const) {
        const commit = { ...partition, offset, metadata }
        await reader.consumer.commit([commit], reader.generation)
        expect(await reader.consumer.committed([partition])).toEqual([commit])
      }
    },
  },
  {
    title: 'keeps the commits of groups apart',
    async run({ transport, topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      const [left, right] = [uniqueName('group'), uniqueName('group')]
      await write(name, 0, numbered('a', 3))
      const readers = [member({ groupId: left, topics: [name] }), member({ groupId: right, topics: [name] })]
      await Promise.all(readers.map((reader) => reader.start()))
      await until('both have read', () => readers.every((reader) => reader.received.length === 3))
      await readers[0]?.commitReceived()
      const partition = { topic: name, partition: 0 }
      expect(await transport.admin.committed(left, [partition])).toEqual([{ ...partition, offset: 3, metadata: '' }])
      expect(await transport.admin.committed(right, [partition])).toEqual([])
    },
  },
  {
    title: 'rejects a commit of an earlier generation with GENERATION_LOST',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      await write(name, 0, numbered('a', 10))
      const first = member({ groupId, topics: [name] })
      await first.start()
      const partition = { topic: name, partition: 0 }
      const old = first.generation
      const kept = { ...partition, offset: 3, metadata: 'kept' }
      await first.consumer.commit([kept], old)
      const second = member({ groupId, topics: [name] })
      await second.start()
      await until('the first is in the new generation', () => first.generation > old && first.reading.length === 1)
      const late = { ...partition, offset: 9, metadata: 'late' }
      expect(await codeOf(first.consumer.commit([late], old))).toBe('GENERATION_LOST')
      expect(await first.consumer.committed([partition])).toEqual([kept])
      await first.consumer.commit([{ ...partition, offset: 4, metadata: 'new' }], first.generation)
      expect(await second.consumer.committed([partition])).toEqual([{ ...partition, offset: 4, metadata: 'new' }])
    },
  },
  {
    title: 'rejects a commit after stop with GENERATION_LOST',
    async run({ transport, topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const groupId = uniqueName('group')
      const reader = member({ groupId, topics: [name] })
      await reader.start()
      await reader.stop()
      const commit = { topic: name, partition: 0, offset: 1, metadata: '' }
      expect(await codeOf(reader.consumer.commit([commit], reader.generation))).toBe('GENERATION_LOST')
      expect(await transport.admin.committed(groupId, [commit])).toEqual([])
    },
  },
  {
    title: 'goes on from the committed offset when a member returns',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      const groupId = uniqueName('group')
      await write(name, 0, numbered('a', 10))
      const first = member({ groupId, topics: [name] })
      await first.start()
      await until('everything is read', () => first.received.length === 10)
      await first.consumer.commit([{ topic: name, partition: 0, offset: 6, metadata: '' }], first.generation)
      await first.stop()
      const second = member({ groupId, topics: [name] })
      await second.start()
      await until('the rest is read', () => second.received.length === 4)
      expect(second.values(name)).toEqual(numbered('a', 4, 6))
    },
  },
  {
    title: 'keeps 4,000 bytes of metadata and rejects 5,000',
    async run({ topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      const long = { ...partition, offset: 1, metadata: 'x'.repeat(4_000) }
      await reader.consumer.commit([long], reader.generation)
      const tooLong = { ...partition, offset: 2, metadata: 'x'.repeat(5_000) }
      expect(await codeOf(reader.consumer.commit([tooLong], reader.generation))).toBe('TRANSPORT_FAILED')
      expect(await reader.consumer.committed([partition])).toEqual([long])
    },
  },
]
