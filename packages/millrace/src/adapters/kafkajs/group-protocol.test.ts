import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import type { AssignmentInput, GroupAssignor } from '../../ports/index.ts'
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
  const decoded = shares.map(({ memberId, memberAssignment }) => [
    memberId,
    decodeAssignment(memberAssignment).partitions,
  ])
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
    expect(decodeAssignment(share!.memberAssignment)).toEqual({ partitions: owned, info: '' })
  }
})

it('takes an empty assignment for none', () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual({ partitions: [], info: '' })
})

describe('what members tell each other', () => {
  const info = 'endpoint=10.0.0.1:7070;zeit=µs "quoted"'

  it('brings the info of every member to the assignor, and the news of the assignor to every member', () => {
    const seen: (string | undefined)[] = []
    const assignor: GroupAssignor = {
      name: 'test-1',
      assign: ({ members }) => {
        for (const member of members) seen.push(member.info)
        return new Map([['m1', owned]])
      },
      inform: ({ members }) => new Map(members.map((member) => [member.memberId, `news of ${member.memberId}`])),
    }
    const members = [
      { memberId: 'm1', memberMetadata: encodeSubscription(['a'], owned, info) },
      { memberId: 'm2', memberMetadata: encodeSubscription(['a'], []) },
    ]
    const shares = assignShares(assignor, members, new Map([['a', 11]]))
    expect(seen).toEqual([info, undefined])
    expect(shares.map(({ memberAssignment }) => decodeAssignment(memberAssignment))).toEqual([
      { partitions: owned, info: 'news of m1' },
      { partitions: [], info: 'news of m2' },
    ])
  })

  it('keeps what a member owned readable for versions that do not know of info', () => {
    const userData = kafkajs.AssignerProtocol.MemberMetadata.decode(encodeSubscription(['a'], owned, info))?.userData
    const lists = Object.entries(JSON.parse(String(userData)) as object).filter(([, value]) => Array.isArray(value))
    expect(Object.fromEntries(lists)).toEqual({ a: [0, 10], b: [2] })
  })

  it('takes foreign user data of an assignment for no news', () => {
    const { MemberAssignment } = kafkajs.AssignerProtocol
    for (const userData of [Buffer.from('\u0001binary'), Buffer.from('[1]'), Buffer.from('{"info":7}')]) {
      const encoded = MemberAssignment.encode({ version: 1, assignment: { a: [1] }, userData })
      expect(decodeAssignment(encoded)).toEqual({ partitions: [{ topic: 'a', partition: 1 }], info: '' })
    }
  })
})
