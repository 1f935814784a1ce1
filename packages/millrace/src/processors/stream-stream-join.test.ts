import { describe, expect, it } from 'vitest'
import type { StreamStreamJoinNode, WindowStoreSpec } from '../plan/index.ts'
import { string } from '../serde/index.ts'
import { joinSideKey, joinSideValues } from '../serde/join-side.ts'
import type { Serde } from '../serde/serde.ts'
import { FakeServices, shown } from './fake-services.ts'
import type { Forward } from './processor.ts'
import { streamStreamJoin } from './stream-stream-join.ts'

const text = string() as Serde<unknown>
const store = { keySerde: text, valueSerde: text, storage: 'memory', isLogged: true } as const

const unmatchedStore = {
  kind: 'key-value',
  name: 'unmatched',
  keySerde: joinSideKey(text) as Serde<unknown>,
  valueSerde: joinSideValues(text, text) as Serde<unknown>,
  storage: 'memory',
  isLogged: true,
} as const

function joinNode(settings: Partial<StreamStreamJoinNode>): StreamStreamJoinNode {
  const { beforeMs = 10, afterMs = 10, graceMs = 0, type = 'inner' } = settings
  const retentionMs = beforeMs + afterMs + graceMs
  const buffer: Omit<WindowStoreSpec, 'name'> = {
    ...store,
    kind: 'window',
    retentionMs,
    windowSizeMs: beforeMs + afterMs,
    isTimestamped: false,
    retainDuplicates: true,
  }
  return {
    kind: 'stream-stream-join',
    id: 'join',
    parents: ['left', 'right'],
    type,
    beforeMs,
    afterMs,
    graceMs,
    select: (left: unknown, right: unknown) => `${String(left)}+${String(right)}`,
    leftStore: { ...buffer, name: 'left' },
    rightStore: { ...buffer, name: 'right' },
    ...(type === 'inner' ? {} : { unmatchedStore }),
    ...settings,
  }
}

interface Running {
  readonly fake: FakeServices
  left(key: unknown, value: unknown, timestamp: number): string[]
  right(key: unknown, value: unknown, timestamp: number): string[]
}

function run(settings: Partial<StreamStreamJoinNode> = {}, earlier?: FakeServices): Running {
  const fake = new FakeServices(earlier)
  const [left, right] = streamStreamJoin(joinNode(settings), fake.forward, fake.services) as [Forward, Forward]
  return {
    fake,
    left: (key, value, timestamp) => shown(fake.send(left, key, value, timestamp)),
    right: (key, value, timestamp) => shown(fake.send(right, key, value, timestamp)),
  }
}

describe('a stream–stream join', () => {
  it('gives nothing for a window that has ended until the grace is over, too, and a record is at stream time', () => {
    const join = run({ type: 'left', graceMs: 5 })
    join.left('a', 'A', 0)
    expect(join.right('x', 'x', 15)).toEqual([])
    expect(join.right('x', 'x', 16)).toEqual(['a | A+undefined | 0'])
  })

  it('lets late records pass without looking for windows that closed', () => {
    const join = run({ type: 'left', graceMs: 5 })
    join.left('a', 'A', 0)
    join.left('b', 'B', 12)
    expect(join.right('x', null, 100)).toEqual([])
    expect(join.right('x', 'x', 99)).toEqual([])
    expect(join.right('x', 'x', 100)).toEqual(['a | A+undefined | 0', 'b | B+undefined | 12'])
  })

  it('gives unmatched records by time, then right before left, then by key', () => {
    const join = run({ type: 'outer', graceMs: 50 })
    join.left('b', 'L1', 5)
    join.left('a', 'L2', 5)
    join.right('z', 'R1', 5)
    join.right('y', 'R2', 5)
    join.left('q', 'L3', 3)
    expect(join.left('end', 'E', 100)).toEqual([
      'q | L3+undefined | 3',
      'y | undefined+R2 | 5',
      'z | undefined+R1 | 5',
      'a | L2+undefined | 5',
      'b | L1+undefined | 5',
    ])
  })

  it('looks for closed windows as far as the side of the record asks, as the reference does', () => {
    const join = run({ type: 'outer', beforeMs: 0, afterMs: 100 })
    join.left('a', 'A', 0)
    join.right('b', 'B', 10)
    expect(join.left('c', 'C', 20)).toEqual([])
    expect(join.right('d', 'D', 101)).toEqual(['a | A+undefined | 0', 'b | undefined+B | 10'])
    expect(join.right('d', 'D', 121)).toEqual(['c | C+undefined | 20', 'd | undefined+D | 101'])
  })

  it('gives a waiting record when the last one seen at the look before has closed too, as the reference does', () => {
    const join = run({ type: 'left', beforeMs: 100, afterMs: 100 })
    join.left('a', 'A', 0)
    join.left('b', 'B', 50)
    join.left('c', 'C', 60)
    expect(join.right('x', 'x', 101)).toEqual(['a | A+undefined | 0'])
    expect(join.right('x', 'x', 151)).toEqual([])
    expect(join.right('x', 'x', 161)).toEqual(['b | B+undefined | 50', 'c | C+undefined | 60'])
  })

  it('does not look past very many open records with every record that comes', () => {
    const join = run({ type: 'outer', beforeMs: 100_000, afterMs: 0 })
    for (let time = 0; time < 1_200; time++) join.right(`r${time}`, 'R', time)
    join.left('a', 'A', 2_000)
    expect(join.left('b', 'B', 2_001)).toEqual([])
    expect(join.left('c', 'C', 2_002)).toEqual([])
    join.fake.advance(1_000)
    expect(join.left('d', 'D', 2_003)).toEqual([
      'a | A+undefined | 2000',
      'b | B+undefined | 2001',
      'c | C+undefined | 2002',
    ])
  })

  it('joins only what lies later under a negative before, and earlier under a negative after', () => {
    const later = run({ beforeMs: -5, afterMs: 10 })
    later.left('k', 'A', 100)
    expect(later.right('k', 'a', 104)).toEqual([])
    expect(later.right('k', 'b', 105)).toEqual(['k | A+b | 105'])
    expect(later.right('k', 'c', 110)).toEqual(['k | A+c | 110'])
    const earlier = run({ beforeMs: 10, afterMs: -5, graceMs: 100 })
    earlier.right('k', 'a', 90)
    earlier.right('k', 'b', 96)
    expect(earlier.left('k', 'A', 100)).toEqual(['k | A+a | 100'])
  })

  it('goes on after a restart with the time and the waiting records of before', () => {
    const before = run({ type: 'outer' })
    before.left('a', 'A', 0)
    before.left('a', 'A2', 0)
    before.right('b', 'B', 8)
    const after = run({ type: 'outer' }, before.fake)
    expect(after.left('late', 'L', 5)).toEqual([])
    expect(after.right('late', 'R', 7)).toEqual(['late | L+R | 7'])
    expect(after.left('x', 'X', 20)).toEqual(['a | A+undefined | 0', 'a | A2+undefined | 0', 'b | undefined+B | 8'])
  })

  it('counts a record that is too late to be kept once its segment of the buffer is gone', () => {
    const join = run()
    join.left('k', 'A', 200_000)
    join.left('k', 'B', 190_000)
    expect(join.fake.count('records-dropped')).toBe(0)
    join.left('k', 'C', 100_000)
    expect(join.fake.count('records-dropped')).toBe(1)
  })

  it('ends the record at the pair for which the callback throws, and keeps it for others', () => {
    const select = (left: unknown, right: unknown): unknown => {
      if (right === 'bad') throw new RangeError('no')
      return `${String(left)}+${String(right)}`
    }
    const join = run({ select })
    join.right('k', 'bad', 0)
    join.right('k', 'good', 1)
    expect(join.left('k', 'A', 2)).toEqual([])
    expect(join.right('k', 'later', 3)).toEqual(['k | A+later | 3'])
    expect(join.fake.thrown).toMatchObject([{ node: 'join', error: { message: 'no' } }])
  })

  it('refuses a callback that answers with a promise', () => {
    const join = run({ select: () => Promise.resolve(1) })
    join.right('k', 'a', 0)
    expect(join.left('k', 'A', 0)).toEqual([])
    expect(join.fake.thrown).toMatchObject([{ error: { code: 'CALLBACK_ASYNC' } }])
  })
})

describe('a self join', () => {
  const parents = ['in', 'in']

  it('gives what two buffers would give, on one', () => {
    const self = run({ parents, isSelfJoin: true })
    const two = run()
    const records: (readonly [string, string, number])[] = [
      ['k', 'A', 5],
      ['k', 'B', 9],
      ['m', 'M', 9],
      ['k', 'C', 7],
      ['k', 'D', 20],
      ['k', 'E', 12],
      ['k', 'F', 20],
      ['k', 'G', 16],
    ]
    for (const [key, value, timestamp] of records) {
      const both = [...two.left(key, value, timestamp), ...two.right(key, value, timestamp)]
      expect([value, self.left(key, value, timestamp)]).toEqual([value, both])
      self.right(key, value, timestamp)
    }
    expect(self.fake.services.storeNamed('right')).toBeUndefined()
  })

  it('leaves the pair with itself out for a record that is too old to be kept', () => {
    const self = run({ parents, isSelfJoin: true })
    expect(self.left('k', 'A', 100)).toEqual(['k | A+A | 100'])
    expect(self.left('k', 'B', 75)).toEqual([])
  })

  it('waits for a match with another record under left, as any left join', () => {
    const self = run({ parents, type: 'left' })
    expect([...self.left('k', 'A', 0), ...self.right('k', 'A', 0)]).toEqual(['k | A+A | 0'])
    expect([...self.left('x', 'X', 50), ...self.right('x', 'X', 50)]).toEqual(['x | X+X | 50'])
  })
})
