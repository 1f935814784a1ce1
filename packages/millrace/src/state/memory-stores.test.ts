import { describe, expect, it } from 'vitest'
import { long, string } from '../serde/index.ts'
import { createMemoryStores } from './memory-stores.ts'

describe('a memory key-value store', () => {
  const fields = { name: 's', storage: 'memory', isLogged: true, keySerde: string(), valueSerde: long() } as const
  const open = () => createMemoryStores().open({ ...fields, kind: 'key-value' })

  it('gives ranges in the order of key bytes', () => {
    const store = open()
    for (const key of ['b', 'a', '\u{1f3ac}', '\uffee', 'ab']) store.put(key, key.length)
    expect([...store.all()].map(([key]) => key)).toEqual(['a', 'ab', 'b', '\uffee', '\u{1f3ac}'])
    expect([...store.range('ab', 'b')]).toEqual([
      ['ab', 2],
      ['b', 1],
    ])
    expect([...store.prefixScan(Buffer.from('a'), { reverse: true })].map(([key]) => key)).toEqual(['ab', 'a'])
  })

  it('has nothing to tell of a key that came and went between two commits', () => {
    const store = open()
    store.put('x', 1)
    store.put('y', 1)
    store.put('x', 2)
    store.delete('y')
    expect(store.takeChanges().map((change) => [String(change.key), change.value?.readInt32BE(4)])).toEqual([['x', 2]])
    store.delete('x')
    expect(store.takeChanges()).toEqual([{ key: Buffer.from('x'), value: null, timestamp: 0 }])
    expect(store.size).toBe(0)
  })
})
