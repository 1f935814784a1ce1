import { describe, expect, it } from 'vitest'
import type { TableTableJoinNode } from '../plan/index.ts'
import { string } from '../serde/index.ts'
import type { Serde } from '../serde/serde.ts'
import { change } from './change.ts'
import { FakeServices, shownChanges } from './fake-services.ts'
import type { Forward } from './processor.ts'
import { tableTableJoin } from './table-table-join.ts'

const text = string() as Serde<unknown>
const store = {
  kind: 'timestamped-key-value',
  name: 'joined',
  keySerde: text,
  valueSerde: text,
  storage: 'memory',
  isLogged: true,
} as const

function run(settings: Partial<TableTableJoinNode>, isVersioned = false) {
  const fake = new FakeServices()
  const node: TableTableJoinNode = {
    kind: 'table-table-join',
    id: 'join',
    parents: ['left', 'right'],
    type: 'inner',
    select: (left: unknown, right: unknown) => `${String(left)}-${String(right)}`,
    store,
    isMaterialized: false,
    sendsOldValues: true,
    cacheBytes: 0,
    ...settings,
  }
  const inputs = tableTableJoin(node, fake.forward, fake.services)
  const table = (name: string, input: Forward) => {
    const rows = new Map<unknown, { value: unknown; timestamp: number }>()
    fake.services.provideView(name, { get: (key) => rows.get(key), isVersioned })
    return (key: unknown, value: unknown, timestamp: number, isLatest = true): string[] => {
      const old = rows.get(key)?.value ?? null
      if (isLatest && value === null) rows.delete(key)
      else if (isLatest) rows.set(key, { value, timestamp })
      return shownChanges(fake.send(input, key, change(value, old, isLatest), timestamp))
    }
  }
  return { fake, left: table('left', inputs[0]!), right: table('right', inputs[1]!) }
}

describe('a table–table join', () => {
  it('sends what a row replaces, joined with what the other side has now', () => {
    const { left, right } = run({ type: 'outer' })
    expect(left('k', 'A', 1)).toEqual(['k | A-undefined <- null | 1'])
    expect(right('k', 'a', 5)).toEqual(['k | A-a <- A-undefined | 5'])
    expect(left('k', 'B', 2)).toEqual(['k | B-a <- A-a | 5'])
    expect(left('k', null, 3)).toEqual(['k | undefined-a <- B-a | 5'])
    expect(right('k', null, 4)).toEqual(['k | null <- undefined-a | 4'])
    expect(right('k', null, 9)).toEqual([])
  })

  it('leaves rows of the right alone under left', () => {
    const { left, right } = run({ type: 'left' })
    expect(right('k', 'a', 1)).toEqual([])
    expect(left('k', 'A', 0)).toEqual(['k | A-a <- null | 1'])
    expect(right('k', null, 2)).toEqual(['k | A-undefined <- A-a | 2'])
    expect(left('k', null, 3)).toEqual(['k | null <- A-undefined | 3'])
    expect(left('k', null, 4)).toEqual([])
  })

  it('drops and counts older rows of a versioned side', () => {
    const { fake, left, right } = run({}, true)
    left('k', 'A', 5)
    right('k', 'a', 5)
    expect(left('k', 'old', 1, false)).toEqual([])
    expect(fake.count('records-dropped')).toBe(1)
  })

  it('answers look-ups from both sides where it has no store, by the rule of its type', () => {
    const views = (['inner', 'left', 'outer'] as const).map((type) => {
      const { fake, left, right } = run({ type })
      left('both', 'A', 1)
      right('both', 'a', 2)
      left('left', 'A', 3)
      right('right', 'a', 4)
      return ['both', 'left', 'right', 'none'].map((key) => fake.services.view('join').get(key))
    })
    const both = { value: 'A-a', timestamp: 2 }
    const left = { value: 'A-undefined', timestamp: 3 }
    const right = { value: 'undefined-a', timestamp: 4 }
    expect(views).toEqual([
      [both, undefined, undefined, undefined],
      [both, left, undefined, undefined],
      [both, left, right, undefined],
    ])
  })

  it('keeps its rows in its store when it has one', () => {
    const { fake, left, right } = run({ isMaterialized: true })
    left('k', 'A', 1)
    right('k', 'a', 2)
    expect(fake.services.view('join').get('k')).toEqual({ value: 'A-a', timestamp: 2 })
    right('k', null, 3)
    expect(fake.services.view('join').get('k')).toBeUndefined()
  })

  it('sends the last row per key at the commit when it has a cache, and nothing for what came and went', () => {
    const { fake, left, right } = run({ isMaterialized: true, cacheBytes: 10_000 })
    expect([...left('k', 'A', 1), ...right('k', 'a', 2), ...left('k', 'B', 3)]).toEqual([])
    expect(shownChanges(fake.commit())).toEqual(['k | B-a <- null | 3'])
    left('x', 'X', 4)
    right('x', 'x', 5)
    left('x', null, 6)
    right('k', null, 7)
    expect(shownChanges(fake.commit())).toEqual(['k | null <- B-a | 7'])
  })

  it('takes a result of null or undefined for no row', () => {
    const { left, right } = run({ select: (_left: unknown, right: unknown) => (right === 'a' ? undefined : right) })
    left('k', 'A', 1)
    expect(right('k', 'a', 2)).toEqual(['k | null <- null | 2'])
  })

  it('drops the update for which the callback throws', () => {
    const select = (): never => {
      throw new RangeError('no')
    }
    const { fake, left, right } = run({ select })
    left('k', 'A', 1)
    expect(right('k', 'a', 2)).toEqual([])
    expect(fake.thrown).toHaveLength(1)
  })
})
