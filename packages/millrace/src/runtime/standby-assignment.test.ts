import { describe, expect, it } from 'vitest'
import type { TaskSlot } from './assignor.ts'
import { assignStandbys } from './standby-assignment.ts'

const slot = (id: string, hasState = true): TaskSlot => ({ id, topics: ['in'], partition: 0, hasState })
const assigned = new Map([
  ['a', [slot('t0'), slot('t1')]],
  ['b', [slot('t2'), slot('free', false)]],
  ['c', [slot('t3')]],
])
const none = new Map<string, readonly string[]>()

describe('standby assignment', () => {
  it('gives every task with state its replicas on other members, evenly', () => {
    const standbys = assignStandbys(assigned, none, 1)
    expect([...standbys.values()].flat().sort()).toEqual(['t0', 't1', 't2', 't3'])
    for (const [member, own] of standbys) {
      expect(own.length).toBeLessThanOrEqual(2)
      for (const id of own) expect(assigned.get(member)!.map((one) => one.id)).not.toContain(id)
    }
  })

  it('leaves a replica where it is warm', () => {
    const standbys = assignStandbys(assigned, new Map([['c', ['t0', 't1', 't2']]]), 1)
    expect(standbys.get('c')).toEqual(['t0', 't1', 't2'])
  })

  it('gives no more replicas than there are other members, and none where none are asked for', () => {
    expect([...assignStandbys(assigned, none, 5).values()].flat()).toHaveLength(8)
    expect([...assignStandbys(assigned, none, 0).values()].flat()).toEqual([])
    expect([...assignStandbys(new Map([['a', [slot('t0')]]]), none, 2).values()].flat()).toEqual([])
  })
})
