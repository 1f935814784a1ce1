import { describe, expect, it } from 'vitest'
import type { ChangelogTopic } from '../compile/index.ts'
import type { StoreChange, StateStore } from '../ports/index.ts'
import { createMemoryStores } from '../state/index.ts'
import { string } from '../serde/index.ts'
import type { Serde } from '../serde/serde.ts'
import { changelogChange } from './changelog-record.ts'
import { TaskChangelogs } from './task-changelogs.ts'

const text = string() as Serde<unknown>
const counts: ChangelogTopic = {
  storeName: 's',
  topic: 'app-s-changelog',
  config: {},
  carriesTime: false,
  isSource: false,
}

function changelogs(isTransactional = false) {
  const spec = {
    kind: 'key-value',
    name: 's',
    keySerde: text,
    valueSerde: text,
    storage: 'memory',
    isLogged: true,
  } as const
  const store = createMemoryStores().open(spec)
  const logs = new TaskChangelogs([counts], new Map<string, StateStore>([['s', store]]), isTransactional)
  logs.restored('s', 10, 12)
  return { store, logs }
}

describe('changelogs of a task', () => {
  it('write what their stores have changed, and name where the last write ended', () => {
    const { store, logs } = changelogs()
    store.put('a', '1')
    store.put('a', '2')
    const written: string[] = []
    expect(logs.write((topic, { key, value }) => written.push(`${topic} ${key.toString()}=${String(value)}`))).toBe(1)
    expect(written).toEqual(['app-s-changelog a=2'])
    expect(logs.ends()).toEqual(new Map([['s', 10]]))
    logs.acknowledged('app-s-changelog', 12, 1)
    expect(logs.ends()).toEqual(new Map([['s', 13]]))
    expect(logs.hasGaps).toBe(false)
  })

  it('notice that somebody else has written, once', () => {
    const { logs } = changelogs()
    logs.acknowledged('app-s-changelog', 15, 2)
    logs.acknowledged('app-s-changelog', 17, 1)
    expect(logs.takeGaps()).toEqual([{ storeName: 's', from: 12, to: 15 }])
    expect(logs.takeGaps()).toEqual([])
    expect(logs.ends()).toEqual(new Map([['s', 18]]))
  })

  it('take no notice of offsets that markers of transactions have', () => {
    const { logs } = changelogs(true)
    logs.acknowledged('app-s-changelog', 15, 2)
    expect(logs.hasGaps).toBe(false)
  })

  it('carry the time, and that something is taken back, in headers where the broker stamps records', () => {
    const { logs } = changelogs()
    expect(logs.specs).toEqual([counts])
    const change: StoreChange = { key: Buffer.from('k'), value: null, timestamp: 42, isRetraction: true }
    const store = { name: 'v', takeChanges: () => [change] } as unknown as StateStore
    const versions = { ...counts, storeName: 'v', carriesTime: true }
    const own = new TaskChangelogs([versions], new Map([['v', store]]), false)
    own.write((_topic, { key, value }, headers) => {
      expect(changelogChange(key, value, 1_000_000, headers)).toEqual(change)
    })
  })
})
