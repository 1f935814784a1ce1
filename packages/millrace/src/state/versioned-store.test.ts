import { describe, expect, it } from 'vitest'
import { string } from '../serde/index.ts'
import { StoreRig, storeHomes, withFolder } from './stores-under-test.ts'

const versions = {
  kind: 'versioned',
  name: 's',
  storage: 'memory',
  isLogged: true,
  keySerde: string(),
  valueSerde: string(),
  historyMs: 300_000,
} as const

describe.each(storeHomes)('a versioned store $name', (home) => {
  const use = (test: (rig: StoreRig<typeof versions>) => void): void =>
    withFolder((folder) => {
      const rig = new StoreRig(home, folder, versions)
      test(rig)
      rig.close()
    })
  const at = (value: string, timestamp: number): unknown => ({ value, timestamp })

  it('VS-01: gets the latest and as of a time; a version is valid until the next', () => {
    use(({ store }) => {
      expect([store.put('k', 'base', 10), store.put('k', 'b', 20)]).toEqual([-1, -1])
      expect(store.get('k')).toEqual(at('b', 20))
      const asOf = [9, 10, 19, 20, 99].map((time) => store.getAsOf('k', time))
      expect(asOf).toEqual([undefined, at('base', 10), at('base', 10), at('b', 20), at('b', 20)])
    })
  })

  it('VS-02: a version put late is valid until the next one', () => {
    use(({ store }) => {
      expect([store.put('k', 'c', 30), store.put('k', 'a', 10), store.put('k', 'b', 20)]).toEqual([-1, 30, 30])
      expect(store.put('k', 'first', 5)).toBe(10)
      expect(store.get('k')).toEqual(at('c', 30))
    })
  })

  it('VS-03: a tombstone hides what was before it, and is no value', () => {
    use(({ store }) => {
      store.put('k', 'a', 10)
      expect(store.put('k', null, 20)).toBe(-1)
      expect([store.get('k'), store.getAsOf('k', 20), store.getAsOf('k', 19)]).toEqual([
        undefined,
        undefined,
        at('a', 10),
      ])
      expect(store.put('k', 'late', 15)).toBe(20)
    })
  })

  it('VS-04: a put of the same time overwrites that version', () => {
    use(({ store }) => {
      for (const value of ['to_be_replaced', null, 'b']) expect(store.put('k', value, 20)).toBe(-1)
      expect([store.getAsOf('k', 20), store.getAsOf('k', 19)]).toEqual([at('b', 20), undefined])
      for (const value of ['to_be_replaced', 'd']) expect(store.put('k', value, 50)).toBe(-1)
      expect([store.get('k'), store.getAsOf('k', 49)]).toEqual([at('d', 50), at('b', 20)])
    })
  })

  it('VS-05: what is older than the history is refused and not answered, but a latest value always is', () => {
    use((rig) => {
      const { store } = rig
      store.put('k', 'a', 1)
      store.put('other', 'x', 300_002)
      expect(store.put('k', 'too late', 1)).toBe(Number.MIN_SAFE_INTEGER)
      expect(store.expiredPuts).toBe(1)
      expect([store.get('k'), store.getAsOf('k', 1), store.getAsOf('k', 0)]).toEqual([
        at('a', 1),
        at('a', 1),
        undefined,
      ])
      store.put('k', 'b', 300_001)
      expect([store.getAsOf('k', 1), store.getAsOf('k', 2), store.getAsOf('k', 300_000)]).toEqual([
        undefined,
        at('a', 1),
        at('a', 1),
      ])
    })
  })

  it('keeps on disk a version that has left the history but whose successor has not', () => {
    use((rig) => {
      rig.store.put('k', 'a', 1)
      rig.store.put('k', 'b', 200_000)
      rig.store.put('k', 'c', 400_000)
      rig.flush()
      rig.crash()
      expect([100_000, 199_999, 200_000].map((time) => rig.store.getAsOf('k', time))).toEqual([
        at('a', 1),
        at('a', 1),
        at('b', 200_000),
      ])
    })
  })

  it('VS-06: a delete gives the version it ends', () => {
    use(({ store }) => {
      store.put('k', 'a', 10)
      store.put('k', 'b', 30)
      expect(store.delete('k', 20)).toEqual(at('a', 10))
      expect([store.getAsOf('k', 25), store.get('k')]).toEqual([undefined, at('b', 30)])
    })
  })

  const told = (rig: StoreRig<typeof versions>): unknown[] =>
    rig
      .commit()
      .map(({ key, value, timestamp, isRetraction }) => [
        String(key),
        value && String(value),
        timestamp,
        ...(isRetraction ? ['retracted'] : []),
      ])

  it('tells every version with its time', () => {
    use((rig) => {
      rig.store.put('k', 'b', 20)
      rig.store.put('k', 'a', 10)
      rig.store.put('k', null, 30)
      expect(told(rig)).toEqual([
        ['k', 'b', 20],
        ['k', 'a', 10],
        ['k', null, 30],
      ])
    })
  })

  it('tells the latest version again behind a late one, as log compaction keeps the last record', () => {
    use((rig) => {
      rig.store.put('k', 'b', 20)
      rig.store.put('k', 'a', 10)
      expect(told(rig)).toEqual([
        ['k', 'b', 20],
        ['k', 'a', 10],
        ['k', 'b', 20],
      ])
      rig.compact()
      rig.crash()
      expect(rig.store.get('k')).toEqual(at('b', 20))
    })
  })

  it('retracts versions that somebody else put, and the time that they moved', () => {
    use((rig) => {
      rig.store.put('k', 'a', 10)
      rig.commit()
      rig.intrude({ key: Buffer.from('k'), value: Buffer.from('?'), timestamp: 999_999 })
      rig.intrude({ key: Buffer.from('k'), value: Buffer.from('?'), timestamp: 10 })
      expect(told(rig)).toEqual([
        ['k', null, 999_999, 'retracted'],
        ['k', 'a', 10],
      ])
      rig.crash()
      expect([rig.store.observedTime, rig.store.getAsOf('k', 10), rig.store.get('k')]).toEqual([
        10,
        at('a', 10),
        at('a', 10),
      ])
    })
  })
})
