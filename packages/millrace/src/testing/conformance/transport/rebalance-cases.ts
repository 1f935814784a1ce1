import type { AssignmentInput } from '../../../ports/index.ts'
import { createSpreadAssignor } from './spread-assignor.ts'
import { codeOf, gate, numbered, sorted, type TransportCase } from './transport-case.ts'

export const rebalanceCases: readonly TransportCase[] = [
  {
    title: 'shares partitions between two members as the assignor says',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(4)
      const groupId = uniqueName('group')
      const [first, second] = [member({ groupId, topics: [name] }), member({ groupId, topics: [name] })]
      await first.start()
      expect(first.reading.length).toBe(4)
      await second.start()
      await until('both read two', () => first.reading.length === 2 && second.reading.length === 2)
      expect([...first.reading, ...second.reading].sort()).toEqual([0, 1, 2, 3].map((each) => `${name}/${each}`))
      for (const partition of [0, 1, 2, 3]) await write(name, partition, [`value-${partition}`])
      await until('everything is read', () => first.received.length + second.received.length === 4)
      expect(sorted([...first.values(name), ...second.values(name)])).toEqual(numbered('value', 4))
      expect(first.received.length).toBe(2)
    },
  },
  {
    title: 'tells the assignor sorted members, what they owned, and partition counts',
    async run({ topic, uniqueName, member, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const calls: AssignmentInput[] = []
      const options = { groupId, topics: [name], assignor: createSpreadAssignor(calls) }
      const [first, second] = [member(options), member(options)]
      await first.start()
      await second.start()
      await until('both read one', () => first.reading.length === 1 && second.reading.length === 1)
      const [alone, together] = [calls[0], calls.at(-1)]
      expect(alone?.members.map(({ owned }) => owned)).toEqual([[]])
      const ids = together?.members.map(({ memberId }) => memberId) ?? []
      expect(ids).toEqual([...ids].sort())
      expect(ids.length).toBe(2)
      expect(new Map(together?.partitionCounts)).toEqual(new Map([[name, 2]]))
      const owned = together?.members.find(({ memberId }) => memberId === first.assignments.at(-1)?.memberId)?.owned
      expect(owned?.map(({ partition }) => partition).sort()).toEqual([0, 1])
      expect(together?.members.filter((each) => each.owned.length === 0).length).toBe(1)
    },
  },
  {
    title: 'gives everything to the other member when one leaves, from the committed offsets, promptly',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const [stays, leaves] = [member({ groupId, topics: [name] }), member({ groupId, topics: [name] })]
      await stays.start()
      await leaves.start()
      await until('both read one', () => stays.reading.length === 1 && leaves.reading.length === 1)
      await write(name, 0, numbered('a', 4))
      await write(name, 1, numbered('b', 4))
      await until('everything is read', () => stays.received.length === 4 && leaves.received.length === 4)
      await stays.commitReceived()
      await leaves.commitReceived()
      const [own, other] = [stays.received[0]?.partition ?? 0, leaves.received[0]?.partition ?? 0]
      await leaves.stop()
      await write(name, own, ['more'])
      await write(name, other, ['moved'])
      // Sooner than a session would time out: stop leaves the group and does not just fall silent.
      await until('the other reads both', () => stays.received.length === 6, 15_000)
      expect(stays.values(name, other)).toEqual(['moved'])
      expect(stays.values(name, own).at(-1)).toBe('more')
      expect(leaves.received.length).toBe(4)
    },
  },
  {
    title: 'keeps a member without partitions in the group until there is one for it',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      const groupId = uniqueName('group')
      const members = [1, 2, 3].map(() => member({ groupId, topics: [name] }))
      for (const each of members) await each.start()
      const readers = () => members.filter((each) => each.reading.length === 1)
      const settled = (count: number): boolean => {
        const active = members.filter((each) => each.phase === 'reading')
        const generations = new Set(active.map((each) => each.assignments.at(-1)?.generation))
        return active.length === count && generations.size === 1 && readers().length === 1
      }
      await until('one of three reads', () => settled(3))
      await write(name, 0, ['first'])
      await until('it is read', () => members.some((each) => each.received.length === 1))
      const reader = readers()[0]
      await reader?.commitReceived()
      await reader?.stop()
      await until('one of two reads', () => settled(2))
      await write(name, 0, ['second'])
      await until('it is read by another', () => readers()[0]?.received.length === 1)
      expect(readers()[0]?.values(name)).toEqual(['second'])
    },
  },
  {
    title: 'waits for onRevoking on stop, and takes commits in it',
    async run({ transport, topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      const groupId = uniqueName('group')
      const { opened, open } = gate()
      const reader = member({
        groupId,
        topics: [name],
        whenRevoking: async (_generation, self) => {
          await opened
          await self.commitReceived()
        },
      })
      await reader.start()
      await write(name, 0, numbered('a', 3))
      await until('everything is read', () => reader.received.length === 3)
      const stopping = reader.stop()
      await until('revoking has begun', () => reader.phase === 'revoking')
      await transport.admin.partitionCounts([name])
      expect(reader.phase).toBe('revoking')
      open()
      await stopping
      const partition = { topic: name, partition: 0 }
      expect(await transport.admin.committed(groupId, [partition])).toEqual([{ ...partition, offset: 3, metadata: '' }])
    },
  },
  {
    title: 'tells a member that a rebalance has begun before it is assigned anew',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const commits: unknown[] = []
      const first = member({
        groupId,
        topics: [name],
        whenRevoking: async (_generation, self) => {
          commits.push(await codeOf(self.commitReceived()))
        },
      })
      await first.start()
      await write(name, 0, numbered('a', 3))
      await until('everything is read', () => first.received.length === 3)
      const before = first.generation
      const second = member({ groupId, topics: [name] })
      await second.start()
      await until('both read one', () => first.reading.length === 1 && second.reading.length === 1)
      expect(first.revoked[0]).toBe(before)
      // A commit in onRevoking is either made or honestly refused.
      expect(commits.every((code) => code === 'resolved' || code === 'GENERATION_LOST')).toBe(true)
      expect(commits.length).toBeGreaterThanOrEqual(1)
    },
  },
  {
    title: 'hands a partition over only after onRevoking of its old owner has resolved',
    async run({ transport, topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const { opened, open } = gate()
      const first = member({
        groupId,
        topics: [name],
        whenRevoking: async (_generation, self) => {
          await opened
          await self.commitReceived()
        },
      })
      await first.start()
      await write(name, 0, ['a'])
      await write(name, 1, ['b'])
      await until('everything is read', () => first.received.length === 2)
      const second = member({ groupId, topics: [name] })
      const started = second.start()
      await until('revoking has begun', () => first.phase === 'revoking')
      await transport.admin.partitionCounts([name])
      expect(second.assignments.length).toBe(0)
      open()
      await started
      await until('both read one', () => first.reading.length === 1 && second.reading.length === 1)
      await write(name, 0, ['a-1'])
      await write(name, 1, ['b-1'])
      await until('both go on', () => first.received.length === 3 && second.received.length === 1)
    },
  },
  {
    title: 'finishes onAssigned before it revokes, and hands over nothing in between',
    async run({ transport, topic, uniqueName, member, write, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const witness = member({ groupId: uniqueName('group'), topics: [name] })
      await witness.start()
      const { opened, open } = gate()
      const first = member({
        groupId,
        topics: [name],
        positions: async ({ partitions }, self) => {
          await opened
          return self.committedOrEarliest(partitions)
        },
        whenRevoking: async () => {
          const before = witness.received.length
          await write(name, 0, ['while revoking'])
          await write(name, 1, ['while revoking'])
          await until('the witness has read what was written', () => witness.received.length >= before + 2)
        },
      })
      const starting = first.start()
      await until('the first is assigned', () => first.phase === 'assigning')
      const second = member({ groupId, topics: [name] })
      const alsoStarting = second.start()
      await transport.admin.partitionCounts([name])
      expect(first.phase).toBe('assigning')
      open()
      await Promise.all([starting, alsoStarting])
      await until('both read one', () => first.reading.length === 1 && second.reading.length === 1)
    },
  },
  {
    title: 'stops within a bounded time when onRevoking never resolves',
    async run({ topic, uniqueName, member, until, expect }) {
      const name = await topic(1)
      const groupId = uniqueName('group')
      const stuck = member({ groupId, topics: [name], whenRevoking: () => new Promise(() => {}) })
      await stuck.start()
      const next = member({ groupId, topics: [name] })
      await Promise.all([stuck.stop(), next.start()])
      await until('the next member reads', () => next.reading.length === 1, 60_000)
      expect(stuck.revoked.length).toBe(1)
    },
  },
  {
    title: 'loses nothing while members come and go',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(4)
      const groupId = uniqueName('group')
      const options = {
        groupId,
        topics: [name],
        whenRevoking: async (_generation: number, self: { commitReceived(): Promise<void> }) => {
          await codeOf(self.commitReceived())
        },
      }
      const [first, second, third] = [member(options), member(options), member(options)]
      const writeAll = async (from: number): Promise<void> => {
        for (const partition of [0, 1, 2, 3]) await write(name, partition, numbered(`p${partition}`, 20, from))
      }
      await first.start()
      await writeAll(0)
      await Promise.all([second.start(), writeAll(20)])
      await Promise.all([third.start(), writeAll(40)])
      await Promise.all([first.stop(), writeAll(60)])
      await writeAll(80)
      const seen = (): Set<unknown> => new Set([first, second, third].flatMap((each) => each.values(name)))
      await until('everything was read by someone', () => seen().size === 400)
      const expected = [0, 1, 2, 3].flatMap((partition) => numbered(`p${partition}`, 100))
      expect(sorted(seen())).toEqual(sorted(expected))
    },
  },
]
