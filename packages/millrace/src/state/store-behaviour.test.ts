import { describe, expect, it } from 'vitest'
import { StreamsError, type ErrorCode } from '../errors/index.ts'
import { bytes, integer, json, long, nullable, string } from '../serde/index.ts'
import { StoreRig, storeHomes, withFolder } from './stores-under-test.ts'
import type { StoreSpec } from '../plan/store-spec.ts'

const fields = { name: 's', storage: 'memory', isLogged: true, keySerde: string(), valueSerde: string() } as const
const plain = { ...fields, kind: 'key-value' } as const
const timestamped = { ...fields, kind: 'timestamped-key-value' } as const
const windows = {
  ...fields,
  kind: 'window',
  retentionMs: 100,
  windowSizeMs: 10,
  isTimestamped: false,
  retainDuplicates: false,
} as const
const sessions = { ...fields, kind: 'session', retentionMs: 100 } as const

function codeOf(run: () => unknown): ErrorCode | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof StreamsError) return error.code
    throw error
  }
  return undefined
}

describe.each(storeHomes)('stores $name', (home) => {
  const use = <Spec extends StoreSpec>(spec: Spec, test: (rig: StoreRig<Spec>) => void): void =>
    withFolder((folder) => {
      const rig = new StoreRig(home, folder, spec)
      test(rig)
      rig.close()
    })
  const hexChanges = (rig: StoreRig<StoreSpec>): unknown =>
    rig.commit().map(({ key, value, timestamp }) => [key.toString('hex'), value?.toString('hex') ?? null, timestamp])

  describe('key-value', () => {
    it('deletes a key that is given null or undefined', () => {
      use(plain, ({ store }) => {
        store.put('a', '1')
        store.put('b', '1')
        store.put('a', null)
        store.put('b', undefined)
        expect([store.get('a'), store.get('b'), store.size]).toEqual([undefined, undefined, 0])
      })
    })

    it('gives back what was there from putIfAbsent and delete', () => {
      use(plain, ({ store }) => {
        expect([
          store.putIfAbsent('a', '1'),
          store.putIfAbsent('a', '2'),
          store.delete('a'),
          store.delete('a'),
        ]).toEqual([undefined, '1', '1', undefined])
      })
    })

    it('gives ranges with open ends, in both directions, by the bytes of keys and not by their meaning', () => {
      use({ ...plain, keySerde: integer() }, ({ store }) => {
        for (const key of [-1, 0, 1, 2]) store.put(key, String(key))
        const keys = (rows: Iterable<readonly [unknown, unknown]>): unknown[] => [...rows].map(([key]) => key)
        expect(keys(store.all())).toEqual([0, 1, 2, -1])
        expect(keys(store.range(undefined, 1))).toEqual([0, 1])
        expect(keys(store.range(2, undefined))).toEqual([2, -1])
        expect(keys(store.range(1, -1, { reverse: true }))).toEqual([-1, 2, 1])
        expect(keys(store.range(2, 1))).toEqual([])
        expect(keys(store.prefixScan(Buffer.from([0xff])))).toEqual([-1])
        expect(keys(store.prefixScan(Buffer.alloc(0)))).toEqual([0, 1, 2, -1])
      })
    })

    it('never hands out what was put in, but what the serde makes of its bytes', () => {
      use({ ...plain, valueSerde: json() }, ({ store }) => {
        const value = { at: new Date(0), n: 1, none: undefined }
        store.put('a', value)
        value.n = 2
        const first = store.get('a') as { n: number }
        first.n = 3
        expect(store.get('a')).toEqual({ at: '1970-01-01T00:00:00.000Z', n: 1 })
      })
    })

    it('copies bytes that were put in and that are handed out', () => {
      use({ ...plain, valueSerde: bytes() }, ({ store }) => {
        const value = Buffer.from('abc')
        store.put('a', value)
        value.write('x')
        ;(store.get('a') as Buffer).write('y')
        expect(store.get('a')).toEqual(Buffer.from('abc'))
      })
    })

    it('takes an empty key', () => {
      use(plain, (rig) => {
        rig.store.put('', 'x')
        rig.flush()
        rig.crash()
        expect([...rig.store.all()]).toEqual([['', 'x']])
      })
    })

    it('takes a value that its serde writes as null for a deletion', () => {
      use({ ...plain, valueSerde: nullable(string()) }, ({ store }) => {
        store.put('a', 'x')
        expect(codeOf(() => store.put('a', 5))).toBe('SERIALIZE_FAILED')
        expect(store.get('a')).toBe('x')
      })
    })

    it('refuses a null key at the call', () => {
      use(plain, ({ store }) => {
        const calls = [
          () => store.get(null),
          () => store.put(undefined, 'x'),
          () => store.delete(null),
          () => store.putIfAbsent(null, 'x'),
        ]
        expect(calls.map(codeOf)).toEqual(calls.map(() => 'STORE_KEY_MISSING'))
      })
    })

    it('refuses at the call what the serde cannot write, and keeps what was there', () => {
      use({ ...plain, valueSerde: long() }, ({ store }) => {
        store.put('a', 1)
        expect(codeOf(() => store.put('a', 1.5))).toBe('SERIALIZE_FAILED')
        expect(codeOf(() => store.put('b', '1'))).toBe('SERIALIZE_FAILED')
        expect(codeOf(() => store.get('\ud83c'))).toBe('SERIALIZE_FAILED')
        expect([...store.all()]).toEqual([['a', 1]])
      })
    })

    it('lets an iteration go on over deletions and flushes', () => {
      use(plain, (rig) => {
        const expected = Array.from({ length: 3000 }, (_, at) => `k${String(at).padStart(4, '0')}`)
        for (const key of expected.toReversed()) rig.store.put(key, 'x')
        rig.flush()
        for (const key of expected) if (key.endsWith('7')) rig.store.put(key, 'y')
        const seen: unknown[] = []
        for (const [key] of rig.store.all()) {
          seen.push(key)
          rig.store.delete(key)
          if (seen.length % 700 === 0) rig.flush()
        }
        expect(seen).toEqual(expected)
        expect(rig.store.size).toBe(0)
      })
    })

    it('tells the last write of each key, in the order of first writes', () => {
      use({ ...plain, valueSerde: integer() }, (rig) => {
        rig.store.put('b', 1)
        rig.store.put('a', 1)
        rig.store.put('b', 2)
        expect(hexChanges(rig)).toEqual([
          ['62', '00000002', 0],
          ['61', '00000001', 0],
        ])
        expect(hexChanges(rig)).toEqual([])
        rig.store.delete('a')
        rig.store.delete('never there')
        expect(hexChanges(rig)).toEqual([['61', null, 0]])
      })
    })

    it('tells nothing when it is not logged', () => {
      use({ ...plain, isLogged: false }, (rig) => {
        rig.store.put('a', 'x')
        expect(rig.commit()).toEqual([])
      })
    })

    it('refuses to be used after it was closed', () => {
      use(plain, (rig) => {
        rig.close()
        expect([codeOf(() => rig.store.get('a')), codeOf(() => [...rig.store.all()])]).toEqual([
          'STORE_CLOSED',
          'STORE_CLOSED',
        ])
      })
    })
  })

  describe('timestamped', () => {
    it('writes 8 bytes of time and the value, and tells a deletion with the last time', () => {
      use(timestamped, (rig) => {
        rig.store.put('a', { value: 'x', timestamp: 258 })
        expect(hexChanges(rig)).toEqual([['61', '000000000000010278', 258]])
        rig.store.delete('a')
        expect(hexChanges(rig)).toEqual([['61', null, 258]])
      })
    })

    it('keeps negative and huge times, and refuses what is none', () => {
      use(timestamped, (rig) => {
        for (const timestamp of [-1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]) {
          rig.store.put(String(timestamp), { value: 'x', timestamp })
        }
        rig.flush()
        rig.crash()
        const found = [...rig.store.all()].map(([key, { timestamp }]) => [key, String(timestamp)])
        expect(found.every(([key, timestamp]) => key === timestamp)).toBe(true)
        expect(codeOf(() => rig.store.put('a', { value: 'x', timestamp: Number.NaN }))).toBe('TIMESTAMP_INVALID')
      })
    })
  })

  describe('window', () => {
    it('fetches starts inclusively at both ends, and only of the key asked for', () => {
      use(windows, ({ store }) => {
        for (const start of [10, 20, 30, 40]) store.put('a', String(start), start)
        store.put('ab', 'other', 20)
        expect([...store.fetch('a', 20, 30)]).toEqual([
          [20, '20'],
          [30, '30'],
        ])
      })
    })

    it('writes key, 8 bytes of start and 4 of sequence number: 0 without duplicates', () => {
      use(windows, (rig) => {
        rig.store.put('a', 'x', 258)
        expect(hexChanges(rig)).toEqual([['61000000000000010200000000', '78', 258]])
      })
    })

    it('numbers duplicates, keeps them in the order put, and ignores null', () => {
      use({ ...windows, retainDuplicates: true }, (rig) => {
        rig.store.put('a', 'x', 1)
        rig.store.put('a', 'y', 1)
        expect(rig.store.put('a', null, 1)).toBe(true)
        rig.flush()
        rig.crash()
        rig.store.put('a', 'z', 1)
        expect([...rig.store.fetch('a', 1, 1)].map(([, value]) => value)).toEqual(['x', 'y', 'z'])
        expect(rig.store.get('a', 1)).toBe('x')
        expect(new Set(rig.changelog.map(({ key }) => key.toString('hex'))).size).toBe(2)
      })
    })

    it('reads nothing that is older than its retention, to the millisecond', () => {
      use(windows, ({ store }) => {
        store.put('a', 'old', 10)
        store.put('b', 'new', 109)
        expect(store.get('a', 10)).toBe('old')
        store.put('b', 'newer', 110)
        expect([store.get('a', 10), [...store.fetch('a', 0, 200)], [...store.all()].length]).toEqual([undefined, [], 2])
      })
    })

    it('ignores and counts puts of expired windows', () => {
      use(windows, (rig) => {
        expect(rig.store.put('a', 'x', 110)).toBe(true)
        expect(rig.store.put('a', 'x', 10)).toBe(false)
        expect(rig.store.put('a', 'x', 11)).toBe(true)
        expect([rig.store.expiredPuts, rig.commit().length]).toEqual([1, 2])
      })
    })

    it('gives all keys by start, then by key', () => {
      use(windows, ({ store }) => {
        for (const [key, start] of [
          ['b', 10],
          ['a', 20],
          ['a', 10],
          ['c', 20],
        ] as const)
          store.put(key, 'x', start)
        expect([...store.fetchRange('a', 'b', 0, 100)].map(([key, start]) => [key, start])).toEqual([
          ['a', 10],
          ['b', 10],
          ['a', 20],
        ])
      })
    })
  })

  describe('session', () => {
    it('finds sessions that end late enough and start early enough, ends included', () => {
      use(sessions, ({ store }) => {
        for (const [start, end] of [
          [0, 5],
          [10, 15],
          [20, 25],
          [30, 30],
        ] as const)
          store.put('a', { start, end }, 'x')
        expect([...store.findSessions('a', 15, 20)].map(([window]) => window)).toEqual([
          { start: 10, end: 15 },
          { start: 20, end: 25 },
        ])
      })
    })

    it('writes key, 8 bytes of end and 8 of start', () => {
      use(sessions, (rig) => {
        rig.store.put('a', { start: 1, end: 258 }, 'x')
        expect(hexChanges(rig)).toEqual([['6100000000000001020000000000000001', '78', 258]])
      })
    })

    it('expires by the end of sessions', () => {
      use(sessions, ({ store }) => {
        store.put('a', { start: 0, end: 10 }, 'x')
        store.put('a', { start: 110, end: 110 }, 'y')
        expect([...store.all()].map(([, window]) => window)).toEqual([{ start: 110, end: 110 }])
        expect(store.put('a', { start: 5, end: 10 }, 'x')).toBe(false)
        expect(store.expiredPuts).toBe(1)
      })
    })

    it('puts a session in again that was removed since the last commit', () => {
      use(sessions, (rig) => {
        rig.store.put('a', { start: 1, end: 2 }, 'x')
        rig.commit()
        rig.store.put('a', { start: 1, end: 2 }, null)
        rig.store.put('a', { start: 1, end: 2 }, 'y')
        expect(hexChanges(rig)).toEqual([['6100000000000000020000000000000001', '79', 2]])
      })
    })
  })

  describe('after somebody else wrote to the changelog', () => {
    it('tell what stands there instead, or that there is nothing', () => {
      use(plain, (rig) => {
        rig.store.put('a', 'x')
        rig.commit()
        for (const key of ['a', 'b', 'b']) rig.intrude({ key: Buffer.from(key), value: Buffer.from('?'), timestamp: 0 })
        expect(hexChanges(rig)).toEqual([
          ['61', '78', 0],
          ['62', null, 0],
        ])
        expect(hexChanges(rig)).toEqual([])
      })
    })

    it('tell what is written later, once', () => {
      use(timestamped, (rig) => {
        rig.intrude({ key: Buffer.from('a'), value: null, timestamp: 9 })
        rig.store.put('a', { value: 'x', timestamp: 1 })
        rig.intrude({ key: Buffer.from('a'), value: null, timestamp: 9 })
        expect(hexChanges(rig)).toEqual([['61', '000000000000000178', 1]])
      })
    })

    it('tell the deletion of what came and went, as the changelog has heard of it', () => {
      use(plain, (rig) => {
        rig.store.put('a', 'x')
        rig.intrude({ key: Buffer.from('a'), value: Buffer.from('?'), timestamp: 0 })
        rig.store.delete('a')
        expect(hexChanges(rig)).toEqual([['61', null, 0]])
      })
    })

    it('tell nothing without a changelog', () => {
      use({ ...windows, isLogged: false }, (rig) => {
        rig.intrude({ key: Buffer.from('61000000000000006400000000', 'hex'), value: null, timestamp: 0 })
        expect(rig.commit()).toEqual([])
      })
    })

    it('retract a window that was never put, and the time that it moved', () => {
      use(windows, (rig) => {
        rig.store.put('a', 'x', 20)
        rig.commit()
        const key = Buffer.from('61000000000000100000000000', 'hex')
        rig.intrude({ key, value: Buffer.from('?'), timestamp: 4096 })
        expect(rig.commit()).toEqual([{ key, value: null, timestamp: 20, isRetraction: true }])
        rig.crash()
        expect([rig.store.observedTime, rig.store.get('a', 20)]).toEqual([20, 'x'])
      })
    })
  })

  it('say about how much is to be written, until that is taken', () => {
    use(windows, (rig) => {
      const before = rig.store.pendingBytes
      rig.store.put('a', 'x'.repeat(1000), 20)
      const { pendingBytes } = rig.store
      rig.commit()
      expect([before, pendingBytes > 1000, pendingBytes < 2500, rig.store.pendingBytes]).toEqual([0, true, true, 0])
    })
  })

  it.each([timestamped, windows, sessions])('refuse a changelog of stores of another kind: $kind', (spec) => {
    use(spec as StoreSpec, ({ store }) => {
      const change = { key: Buffer.from('k'), value: Buffer.from('x'), timestamp: 0 }
      expect(codeOf(() => store.restore(change))).toBe('DESERIALIZE_FAILED')
    })
  })
})
