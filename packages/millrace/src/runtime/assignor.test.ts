import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { topology } from '../index.ts'
import { compile } from '../compile/index.ts'
import type { GroupMember, TopicPartition } from '../ports/index.ts'
import { createAssignor } from './assignor.ts'

const two = createAssignor(
  compile(
    topology('t', (t) => {
      t.source('left').merge(t.source('right')).to('out')
      t.source('alone').to('out')
    }).plan,
  ),
)

type Shares = ReadonlyMap<string, readonly TopicPartition[]>

const newcomer = (memberId: string): GroupMember => ({ memberId, owned: [] })
const counts = (joined: number, alone: number) =>
  new Map([
    ['left', joined],
    ['right', joined],
    ['alone', alone],
  ])

/** Tasks per member: a pair of partitions of the joined topics is one. */
const tasksOf = (partitions: readonly TopicPartition[]): string[] =>
  partitions.filter(({ topic }) => topic !== 'right').map(({ topic, partition }) => `${topic} ${partition}`)
const names = (partitions: readonly TopicPartition[]): string[] =>
  partitions.map(({ topic, partition }) => `${topic} ${partition}`)
const after = (shares: Shares, ids: readonly string[]): GroupMember[] =>
  [...ids].sort().map((memberId) => ({ memberId, owned: shares.get(memberId) ?? [] }))

describe('assignor', () => {
  it('gives every task to one member, whole, and loads members evenly', () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.nat(9),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
        (joined, alone, sizes) => {
          const partitionCounts = counts(joined, alone)
          let shares: Shares = new Map()
          for (const size of sizes) {
            const members = after(
              shares,
              Array.from({ length: size }, (_, index) => `m${index}`),
            )
            shares = two.assign({ members, partitionCounts })
            expect(two.assign({ members, partitionCounts })).toEqual(shares)
            const all = [...shares.values()].flat()
            expect(new Set(names(all)).size).toBe(all.length)
            expect(all.length).toBe(2 * joined + alone)
            for (const own of shares.values()) {
              const of = (topic: string) => own.filter((one) => one.topic === topic).map((one) => one.partition)
              expect(of('left')).toEqual(of('right'))
            }
            const loads = [...shares.values()].map((own) => tasksOf(own).length)
            expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })

  it('gives a newcomer its share also where everyone else is within the rounded-up share', () => {
    const partitionCounts = counts(0, 4)
    const before = two.assign({ members: [newcomer('a'), newcomer('b')], partitionCounts })
    const shares = two.assign({ members: after(before, ['a', 'b', 'c']), partitionCounts })
    expect([...shares.values()].map((own) => own.length).sort((a, b) => a - b)).toEqual([1, 1, 2])
  })

  it('moves no task that it need not move', () => {
    const partitionCounts = counts(3, 5)
    const before = two.assign({ members: ['a', 'b', 'c', 'd'].map(newcomer), partitionCounts })
    const again = two.assign({ members: after(before, ['a', 'b', 'c', 'd']), partitionCounts })
    expect(new Map([...again].map(([id, own]) => [id, names(own).sort()]))).toEqual(
      new Map([...before].map(([id, own]) => [id, names(own).sort()])),
    )
    const fewer = two.assign({ members: after(before, ['a', 'b', 'c']), partitionCounts })
    for (const id of ['a', 'b', 'c']) {
      expect(tasksOf(fewer.get(id)!)).toEqual(expect.arrayContaining(tasksOf(before.get(id)!)))
    }
  })

  it('gives a member nothing when there are more members than tasks', () => {
    const shares = two.assign({ members: ['a', 'b', 'c'].map(newcomer), partitionCounts: counts(0, 2) })
    expect([...shares.values()].map((own) => own.length)).toEqual([1, 1, 0])
  })

  it('refuses topics that are read together with different partition counts', () => {
    const partitionCounts = new Map([
      ['left', 2],
      ['right', 3],
      ['alone', 1],
    ])
    expect(() => two.assign({ members: [newcomer('a')], partitionCounts })).toThrow(/left has 2, right has 3/)
  })
})
