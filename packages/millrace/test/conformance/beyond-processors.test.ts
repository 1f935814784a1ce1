import {
  keyValueStore,
  sessionStore,
  string,
  timestampedKeyValueStore,
  timestampedWindowStore,
  topology,
  versionedStore,
  windowStore,
  type GlobalKTable,
  type TopologyBuilder,
} from 'millrace'
import { testDriver } from 'millrace/testing'
import type {
  KeyValueStore,
  ProcessorContext,
  ReadableKeyValueStore,
  SessionStore,
  ValueAndTimestamp,
  VersionedKeyValueStore,
  WindowStore,
} from 'millrace/ports'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)
type Words = ReadableKeyValueStore<string, ValueAndTimestamp<string>>
const idle = () => ({ process() {} })

describe('processors beyond the cases', () => {
  it('makes a new processor for every task', () => {
    let made = 0
    const counting = app((t) => {
      t.source('in', texts).process(() => {
        made++
        return { process() {} }
      })
    })
    testDriver(counting)
    testDriver(counting)
    expect(made).toBe(2)
  })

  it('refuses one processor for two tasks', () => {
    const processor = { process() {} }
    const sharing = app((t) => {
      t.source('in', texts).process(() => processor)
      t.source('other', texts).process(() => processor)
    })
    expect(() => testDriver(sharing)).toThrow(/returned a processor that another task has .*node=.*callSite=/)
  })

  it('reads global tables, and cannot change them', () => {
    const translating = app((t) => {
      const words = t.globalTable('words', texts)
      t.source('in', texts)
        .process(
          (context: ProcessorContext<string, string, { readonly words: Words }>) => ({
            process({ key, value }) {
              const near = [...context.stores.words.prefixScan(Buffer.from(value))].map(([word]) => word)
              const { size } = context.stores.words
              context.forward({
                key: text(key),
                value: `${context.stores.words.get(value)?.value} ${near.join(',')} of ${size}`,
              })
              context.forward({ key: 'put', value: 'put' in context.stores.words ? 'there' : 'none' })
            },
          }),
          { stores: { words } },
        )
        .to('out', texts)
    })
    expect(translating).toBring(`
> words | one | uno | 5
> words | ones | unos | 5
> words | two | dos | 5
> in | k | one | 1
  < out | k | uno one,ones of 3 | 1
  < out | put | none | 1
> words | one | null | 6
> in | k | one | 2
  < out | k | undefined ones of 2 | 2
  < out | put | none | 2`)
    expect(translating.describe()).toContain('process (tables words-global)')
    expect(translating.describe('mermaid')).toMatch(/n\d+ -\.-> n\d+/)
    expect(translating.explain()).toContain('looks up     rows in words-global')
  })

  it('refuses a global table of another topology', () => {
    const elsewhere: GlobalKTable<string, string>[] = []
    app((t) => {
      elsewhere.push(t.globalTable('words', texts))
      t.source('in', texts).to('out', texts)
    })
    const [words] = elsewhere
    const wrong = [
      (t: TopologyBuilder) => t.source('in', texts).process(idle, { stores: { words: words! } }),
      (t: TopologyBuilder) =>
        t.source('in', texts).joinTable(words!, { type: 'inner', on: (value) => value, select: (value) => value }),
    ]
    for (const define of wrong)
      expect(() => app(define)).toThrow(/got a stream or table of another topology .*callSite=.*beyond-processors/)
  })

  it('keeps a value with its time per window', () => {
    const latest = timestampedWindowStore({ name: 'latest', ...texts, size: 10, retention: 20 })
    const keeping = app((t) => {
      t.store(latest)
      t.source('in', texts).process(
        ({ stores }) => ({
          process({ key, value, timestamp }) {
            stores.latest.put(text(key), { value, timestamp }, Math.floor(timestamp / 10) * 10)
          },
        }),
        { stores: { latest } },
      )
    })
    const driver = testDriver(keeping)
    driver.input('in').send('k', 'v', { at: 13 })
    driver.restart()
    const store = driver.store<WindowStore<string, ValueAndTimestamp<string>>>('latest')
    expect([...store.all()]).toEqual([['k', 10, { value: 'v', timestamp: 13 }]])
  })

  it('hands records to all operations that follow, or to the one named', () => {
    const forwarding = app((t) => {
      const processed = t.source('in', texts).process<string, string>((context) => ({
        process({ key, value }) {
          context.forward({ key: text(key), value }, value === 'one' ? 'first' : undefined)
        },
      }))
      processed.to('a', { ...texts, name: 'first' })
      processed.to('b', { ...texts, name: 'second' })
    })
    expect(forwarding).toBring(`
> in | k | one | 1
  < a | k | one | 1
> in | k | all | 2
  < a | k | all | 2
  < b | k | all | 2`)
  })

  it('refuses to forward to an operation that does not follow', () => {
    const forwarding = app((t) => {
      t.source('in', texts)
        .process<string, string>((context) => ({
          process({ key, value }) {
            context.forward({ key: text(key), value }, 'nobody')
          },
        }))
        .to('out', texts)
    })
    expect(() => testDriver(forwarding).input('in').send('k', 'v')).toThrow(/nobody/)
  })

  it('keeps time and headers of the record unless others are given, and goes depth first', () => {
    const forwarding = app((t) => {
      t.source('in', texts)
        .process<string, string>((context) => ({
          process({ key, value, timestamp, headers }) {
            const more = [...headers, { name: 'more', value: Buffer.from('1') }]
            context.forward({ key: text(key), value })
            context.forward({ key: text(key), value, timestamp: timestamp + 1, headers: more })
          },
        }))
        .to('out', texts)
    })
    expect(forwarding).toBring(`
> in | k | v | 5 | h:a=1
  < out | k | v | 5 | h:a=1
  < out | k | v | 6 | h:a=1 | h:more=1`)
  })

  it('refuses a negative time', () => {
    const forwarding = app((t) => {
      t.source('in', texts)
        .process<string, string>((context) => ({
          process({ key, value }) {
            context.forward({ key: text(key), value, timestamp: -1 })
          },
        }))
        .to('out', texts)
    })
    expect(() => testDriver(forwarding).input('in').send('k', 'v', { at: 1 })).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    )
  })

  it('needs no repartition after processValues, and one after process', () => {
    const counted = (isKeyFixed: boolean) =>
      app((t) => {
        const input = t.source('in', texts)
        const processed = isKeyFixed
          ? input.processValues<string>((context) => ({
              process: ({ key, value }) => context.forward({ key, value }),
            }))
          : input.process<string, string>((context) => ({
              process: ({ key, value }) => context.forward({ key: text(key), value }),
            }))
        processed
          .groupByKey({ ...texts, name: 'g' })
          .count()
          .toStream()
          .mapValues(text)
          .to('out', texts)
      })
    expect(counted(true)).toBring(`
> in | k | v | 5
  < out | k | 1 | 5`)
    const topics = (isKeyFixed: boolean): readonly string[] => {
      const driver = testDriver(counted(isKeyFixed))
      driver.input('in').send('k', 'v', { at: 5 })
      return driver.outputs().map((record) => record.topic)
    }
    expect(topics(true)).toEqual(['out'])
    expect(topics(false)).toEqual(['app-g-repartition', 'out'])
  })

  it('tells a processor the task, the times, and where the record came from', () => {
    const seen: unknown[] = []
    const looking = app((t) => {
      t.source('in', texts).process((context) => ({
        process() {
          seen.push([context.taskId, context.streamTime, context.wallClock, context.origin])
        },
      }))
    })
    const driver = testDriver(looking, { startMs: 7 })
    driver.input('in').send('k', 'v', { at: 50 })
    driver.input('in').send('k', 'v', { at: 40 })
    expect(seen).toEqual([
      ['in_0', 50, 7, { topic: 'in', partition: 0, offset: 0 }],
      ['in_0', 50, 7, { topic: 'in', partition: 0, offset: 1 }],
    ])
  })

  it('begins wall-clock punctuation an interval from now, and lets missed intervals collapse', () => {
    const punctuating = app((t) => {
      t.source('in', texts)
        .process<string, string>((context) => {
          context.schedule(10, 'wall-clock', (time) => context.forward({ key: 'punctuate', value: String(time) }))
          return { process() {} }
        })
        .to('out', texts)
    })
    expect(punctuating).toBring(`
! advance wall-clock by 9 ms
! advance wall-clock by 1 ms
  < out | punctuate | 10 | 10
! advance wall-clock by 35 ms
  < out | punctuate | 45 | 45
! advance wall-clock by 5 ms
  < out | punctuate | 50 | 50`)
  })

  it('punctuates after the record whose time it follows, with no record at hand', () => {
    const origins: unknown[] = []
    const punctuating = app((t) => {
      t.source('in', texts)
        .process<string, string>((context) => {
          context.schedule(10, 'stream-time', (time) => {
            origins.push(context.origin)
            context.forward({ key: 'punctuate', value: String(time) })
          })
          return { process: ({ key, value }) => context.forward({ key: text(key), value }) }
        })
        .to('out', texts)
    })
    expect(punctuating).toBring(`
> in | k | a | 12 | h:a=1
  < out | k | a | 12 | h:a=1
  < out | punctuate | 12 | 12
> in | k | b | 19
  < out | k | b | 19
> in | k | c | 55
  < out | k | c | 55
  < out | punctuate | 55 | 55`)
    expect(origins).toEqual([undefined, undefined])
  })

  it('shares a store between the processors that name it', () => {
    const sharing = app((t) => {
      const store = t.store(keyValueStore({ name: 'shared', ...texts }))
      t.source('in', texts).process(
        ({ stores }) => ({ process: ({ key, value }) => stores.store.put(text(key), value) }),
        { stores: { store } },
      )
      t.source('ask', texts)
        .process<string, string, { store: typeof store }>(
          (context) => ({
            process: ({ key }) =>
              context.forward({ key: text(key), value: context.stores.store.get(text(key)) ?? 'nothing' }),
          }),
          { stores: { store } },
        )
        .to('out', texts)
    })
    expect(sharing).toBring(`
> ask | k | ? | 1
  < out | k | nothing | 1
> in | k | v | 2
> ask | k | ? | 3
  < out | k | v | 3`)
  })
})

describe('stores beyond the cases', () => {
  const driver = testDriver(
    app((t) => {
      const stores = {
        kv: t.store(keyValueStore({ name: 'kv', ...texts })),
        tkv: t.store(timestampedKeyValueStore({ name: 'tkv', ...texts })),
        window: t.store(windowStore({ name: 'window', ...texts, size: 10, retention: 30 })),
        duplicates: t.store(windowStore({ name: 'dup', ...texts, size: 10, retention: 30, retainDuplicates: true })),
        session: t.store(sessionStore({ name: 'session', ...texts, retention: 100 })),
        versioned: t.store(versionedStore({ name: 'V', key: string(), value: string(), history: 100 })),
      }
      t.source('in', texts).process(idle, { stores })
    }),
  )

  it('orders keys by their bytes, both ways, with open ends and prefixes', () => {
    const kv = driver.store<KeyValueStore<string, string>>('kv')
    for (const key of ['b', 'é', 'a', 'ab', 'B']) kv.put(key, key.toUpperCase())
    const keys = (entries: Iterable<readonly [string, string]>): readonly string[] => [...entries].map(([key]) => key)
    expect(keys(kv.all())).toEqual(['B', 'a', 'ab', 'b', 'é'])
    expect(keys(kv.all({ reverse: true }))).toEqual(['é', 'b', 'ab', 'a', 'B'])
    expect(keys(kv.range('a', 'b'))).toEqual(['a', 'ab', 'b'])
    expect(keys(kv.range(undefined, 'a'))).toEqual(['B', 'a'])
    expect(keys(kv.range('b', undefined))).toEqual(['b', 'é'])
    expect(keys(kv.prefixScan(Buffer.from('a')))).toEqual(['a', 'ab'])
  })

  it('answers put, putIfAbsent and delete of a key-value store', () => {
    const kv = driver.store<KeyValueStore<string, string>>('kv')
    expect(kv.putIfAbsent('new', '1')).toBeUndefined()
    expect(kv.putIfAbsent('new', '2')).toBe('1')
    expect(kv.delete('new')).toBe('1')
    expect(kv.delete('new')).toBeUndefined()
    kv.put('gone', 'x')
    kv.put('gone', null)
    expect(kv.get('gone')).toBeUndefined()
  })

  it('fetches windows by their starts, inclusive, and ignores what has expired', () => {
    const window = driver.store<WindowStore<string, string>>('window')
    for (const start of [0, 10, 20]) window.put('k', `at ${start}`, start)
    expect([...window.fetch('k', 10, 20)]).toEqual([
      [10, 'at 10'],
      [20, 'at 20'],
    ])
    expect(window.put('k', 'later', 40)).toBe(true)
    expect(window.put('k', 'too late', 10)).toBe(false)
    expect(window.expiredPuts).toBe(1)
    expect([...window.fetch('k', 0, 100)].map(([start]) => start)).toEqual([20, 40])
  })

  it('keeps duplicates in the order put where asked to, and ignores null there', () => {
    const duplicates = driver.store<WindowStore<string, string>>('dup')
    duplicates.put('k', 'one', 0)
    duplicates.put('k', 'two', 0)
    duplicates.put('k', null, 0)
    expect([...duplicates.fetch('k', 0, 0)]).toEqual([
      [0, 'one'],
      [0, 'two'],
    ])
  })

  it('finds sessions that end late enough and begin early enough', () => {
    const sessions = driver.store<SessionStore<string, string>>('session')
    sessions.put('k', { start: 0, end: 5 }, 'a')
    sessions.put('k', { start: 20, end: 25 }, 'b')
    sessions.put('k', { start: 40, end: 45 }, 'c')
    expect([...sessions.findSessions('k', 5, 20)].map(([, value]) => value)).toEqual(['a', 'b'])
    expect([...sessions.findSessions('k', 6, 39)].map(([, value]) => value)).toEqual(['b'])
  })

  it('rejects versions older than the history, and always answers with a latest value', () => {
    const versions = driver.store<VersionedKeyValueStore<string, string>>('V')
    expect(versions.put('k', 'old', 10)).toBe(-1)
    expect(versions.put('other', 'now', 1000)).toBe(-1)
    expect(versions.put('k', 'too late', 899)).toBe(Number.MIN_SAFE_INTEGER)
    expect(versions.get('k')).toEqual({ value: 'old', timestamp: 10 })
    expect(versions.getAsOf('k', 950)).toEqual({ value: 'old', timestamp: 10 })
    expect(versions.put('k', 'new', 1010)).toBe(-1)
    expect(versions.put('k', 'between', 950)).toBe(1010)
    expect(versions.getAsOf('k', 960)).toEqual({ value: 'between', timestamp: 950 })
    expect(versions.put('k', null, 1005)).toBe(1010)
    expect(versions.getAsOf('k', 1007)).toBeUndefined()
  })
})
