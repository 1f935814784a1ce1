import { numbered, type TransportCase } from './transport-case.ts'

export const topicCases: readonly TransportCase[] = [
  {
    title: 'names the partition count of each topic and leaves out one that does not exist',
    async run({ transport, topic, uniqueName, expect }) {
      const one = await topic(1)
      const three = await topic(3)
      const missing = uniqueName('missing')
      const expected = new Map([
        [one, 1],
        [three, 3],
      ])
      expect(new Map(await transport.admin.partitionCounts([one, three, missing]))).toEqual(expected)
      // Asking again shows that asking has not created it.
      expect(new Map(await transport.admin.partitionCounts([one, three, missing]))).toEqual(expected)
    },
  },
  {
    title: 'lists the topics that exist',
    async run({ transport, topic, uniqueName, expect }) {
      const names = [await topic(1), await topic(3)]
      const missing = uniqueName('missing')
      const listed = await transport.admin.listTopics()
      expect(listed.filter((name) => names.includes(name)).sort()).toEqual(names.sort())
      expect(listed.includes(missing)).toEqual(false)
    },
  },
  {
    title: 'leaves a topic that exists already as it is',
    async run({ transport, topic, write, uniqueName, expect }) {
      const old = await topic(2)
      const fresh = uniqueName('topic')
      await write(old, 0, ['kept'])
      await transport.admin.createTopics([
        { topic: old, partitions: 5 },
        { topic: fresh, partitions: 4 },
      ])
      expect(new Map(await transport.admin.partitionCounts([old, fresh]))).toEqual(
        new Map([
          [old, 2],
          [fresh, 4],
        ]),
      )
      expect(await transport.admin.offsets([{ topic: old, partition: 0 }], 'latest')).toEqual([
        { topic: old, partition: 0, offset: 1 },
      ])
    },
  },
  {
    title: 'gives the earliest and latest offsets of the partitions asked for',
    async run({ transport, topic, write, expect }) {
      const name = await topic(3)
      await write(name, 1, numbered('value', 5))
      const asked = [
        { topic: name, partition: 1 },
        { topic: name, partition: 2 },
      ]
      const byPartition = (left: { partition: number }, right: { partition: number }): number =>
        left.partition - right.partition
      expect([...(await transport.admin.offsets(asked, 'earliest'))].sort(byPartition)).toEqual([
        { topic: name, partition: 1, offset: 0 },
        { topic: name, partition: 2, offset: 0 },
      ])
      expect([...(await transport.admin.offsets(asked, 'latest'))].sort(byPartition)).toEqual([
        { topic: name, partition: 1, offset: 5 },
        { topic: name, partition: 2, offset: 0 },
      ])
    },
  },
]
