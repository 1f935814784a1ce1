import type { AssignmentInput, GroupAssignor } from '../../../ports/index.ts'
import { createSpreadAssignor } from './spread-assignor.ts'
import { sorted, type TransportCase } from './transport-case.ts'

/** Tells every member how many there are, and its own info. */
function createTalkingAssignor(calls: AssignmentInput[] = []): GroupAssignor {
  return {
    ...createSpreadAssignor(calls),
    name: 'millrace-conformance-info-1',
    inform: ({ members }) =>
      new Map(members.map(({ memberId, info }) => [memberId, `${members.length} members, you said: ${info ?? ''}`])),
  }
}

export const infoCases: readonly TransportCase[] = [
  {
    title: 'tells the assignor what each member says of itself, and each member what the assignor answers',
    async run({ topic, uniqueName, member, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const calls: AssignmentInput[] = []
      const assignor = createTalkingAssignor(calls)
      const members = ['host-a "µ"', 'host-b'].map((info) =>
        member({ groupId, topics: [name], assignor, info: () => info }),
      )
      await Promise.all(members.map((each) => each.start()))
      await until('both share the topic', () => members.every((each) => each.reading.length === 1))
      expect(sorted(calls.at(-1)?.members.map(({ info }) => info) ?? [])).toEqual(['host-a "µ"', 'host-b'])
      expect(members.map((each) => each.assignments.at(-1)?.info)).toEqual([
        '2 members, you said: host-a "µ"',
        '2 members, you said: host-b',
      ])
    },
  },
  {
    title: 'asks a member anew at every join',
    async run({ topic, uniqueName, member, until, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const assignor = createTalkingAssignor()
      let asked = 0
      const first = member({ groupId, topics: [name], assignor, info: () => `call ${++asked}` })
      await first.start()
      const before = first.assignments.at(-1)?.info
      const second = member({ groupId, topics: [name], assignor, info: () => 'second' })
      await second.start()
      await until('both share the topic', () => [first, second].every((each) => each.reading.length === 1))
      const after = first.assignments.at(-1)?.info
      expect([before, after].map((info) => info?.replace(/\d+$/, 'n'))).toEqual([
        '1 members, you said: call n',
        '2 members, you said: call n',
      ])
      expect(Number(after?.match(/\d+$/)?.[0])).toBeGreaterThan(Number(before?.match(/\d+$/)?.[0]))
    },
  },
  {
    title: 'says nothing where nobody said anything',
    async run({ topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const calls: AssignmentInput[] = []
      const silent = member({ groupId: uniqueName('group'), topics: [name], assignor: createSpreadAssignor(calls) })
      await silent.start()
      expect(calls.flatMap(({ members }) => members.map(({ info }) => info ?? ''))).toEqual(calls.map(() => ''))
      expect(silent.assignments.map(({ info }) => info ?? '')).toEqual([''])
    },
  },
  {
    title: 'carries 20,000 characters of info',
    async run({ topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const info = 'é'.repeat(20_000)
      const assignor = createTalkingAssignor()
      const talker = member({ groupId: uniqueName('group'), topics: [name], assignor, info: () => info })
      await talker.start()
      expect(talker.assignments.at(-1)?.info).toBe(`1 members, you said: ${info}`)
    },
  },
]
