import kafkajs from 'kafkajs'
import { expect, it } from 'vitest'
import type { AssignmentInput } from '../../ports/index.ts'
import { assignShares, decodeAssignment, encodeSubscription, subscribedTopics } from './group-protocol.ts'

const owned = [
  { topic: 'a', partition: 0 },
  { topic: 'a', partition: 10 },
  { topic: 'b', partition: 2 },
]

it('tells the assignor who is there, sorted, and what each owned', () => {
  const calls: AssignmentInput[] = []
  const assignor = {
    name: 'test-1',
    assign: (input: AssignmentInput) => {
      calls.push(input)
      return new Map([['m2', owned]])
    },
  }
  const members = [
    { memberId: 'm2', memberMetadata: encodeSubscription(['b', 'a'], []) },
    { memberId: 'm1', memberMetadata: encodeSubscription(['a', 'c'], owned) },
  ]
  expect(subscribedTopics(members)).toEqual(['a', 'b', 'c'])
  const shares = assignShares(assignor, members, new Map([['a', 11]]))
  expect(calls).toEqual([
    {
      members: [
        { memberId: 'm1', owned },
        { memberId: 'm2', owned: [] },
      ],
      partitionCounts: new Map([['a', 11]]),
    },
  ])
  const decoded = shares.map(({ memberId, memberAssignment }) => [memberId, decodeAssignment(memberAssignment)])
  expect(decoded).toEqual([
    ['m1', []],
    ['m2', owned],
  ])
})

it('counts a member with foreign user data as a newcomer', () => {
  const { MemberMetadata } = kafkajs.AssignerProtocol
  const assignor = {
    name: 'test-1',
    assign: ({ members }: AssignmentInput) => new Map([['m', members[0]?.owned.length === 0 ? owned : []]]),
  }
  for (const userData of [Buffer.from('\u0001binary'), Buffer.from('[1]'), Buffer.from('null')]) {
    const memberMetadata = MemberMetadata.encode({ version: 1, topics: ['a'], userData })
    const [share] = assignShares(assignor, [{ memberId: 'm', memberMetadata }], new Map())
    expect(decodeAssignment(share!.memberAssignment)).toEqual(owned)
  }
})

it('takes an empty assignment for none', () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([])
})
