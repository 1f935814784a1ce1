import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deadLetter, integer, json, skip, string, topology } from '../../index.ts'
import type { KeyValueStore } from '../../ports/index.ts'
import { manualClock, testDriver, type TestDriver } from '../index.ts'

const Rating = z.object({ name: z.string(), rating: z.int().min(1).max(10) })

describe('testDriver', () => {
  it('sends a record through stateless operations and keeps key, timestamp and headers', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in', { value: string() })
          .filter((value) => value !== 'no')
          .mapValues((value) => value.toUpperCase())
          .flatMapValues((value) => [value, `${value}!`])
          .to('out', { value: string() })
      }),
    )
    const headers = [{ name: 'h', value: Buffer.from('1') }]
    driver.input('in').send('k', 'a', { at: '2025-03-27T09:56:10Z', headers })
    driver.input('in').send('k', 'no')
    const at = Date.UTC(2025, 2, 27, 9, 56, 10)
    expect(driver.output('out').records()).toEqual([
      { key: 'k', value: 'A', timestamp: at, headers },
      { key: 'k', value: 'A!', timestamp: at, headers },
    ])
  })

  it('sends a number that is no time, and a topic that no pattern takes is told the patterns', () => {
    const driver = testDriver(
      topology('t', (t) => t.source(/^in-/, { value: string(), onInvalid: skip }).to('out', { value: string() })),
    )
    driver.input('in-1').send('k', 'before', { at: -5 })
    driver.input('in-1').send('k', 'nanoseconds', { at: 1.7e18 })
    driver.input('in-1').send('k', 'now', { at: 7 })
    expect(driver.output('out').records()).toMatchObject([{ value: 'now', timestamp: 7 }])
    expect(driver.total('records-skipped')).toBe(2)
    expect(() => driver.input('other')).toThrow(/no such topic: other .* It has \/\^in-\/\./)
  })

  it('parses JSON with a schema and sends what breaks it to the dead-letter topic with the reason', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in')
          .parse(Rating, { onInvalid: deadLetter('bad') })
          .to('out')
      }),
    )
    driver.input('in').send('ann', { name: 'ann', rating: 9 })
    driver.input('in').send('ann', '{"name":')
    driver.input('in').send('ann', { name: 'ann', rating: 11 })
    driver.input('in').send('ann', null)
    expect(
      driver
        .output('out')
        .records()
        .map((record) => record.value),
    ).toEqual([{ name: 'ann', rating: 9 }])
    const letters = driver.output('bad').records()
    expect(
      letters.map((letter) => letter.headers.find((one) => one.name === 'millrace.error.code')?.value?.toString()),
    ).toEqual(['DESERIALIZE_FAILED', 'SCHEMA_MISMATCH', 'SCHEMA_MISMATCH'])
    expect(letters[0]?.value).toEqual(Buffer.from('{"name":'))
    expect(driver.total('dead-letters')).toBe(3)
  })

  it('stops at the first invalid record by default and says where', () => {
    const driver = testDriver(topology('t', (t) => t.source('in').parse(Rating).to('out')))
    expect(() => driver.input('in').send('ann', { name: 'ann', rating: 'x' })).toThrow(
      /rating: .*\(taskId=in_0, node=in\/parse, topic=in, partition=0, offset=0, callSite=.*test-driver\.test\.ts/,
    )
  })

  it('keeps the order of records behind asynchronous operations', async () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in', { value: json<number>() })
          .mapValuesAsync(
            async (value) => {
              for (let turn = 0; turn < 10 - value; turn++) await Promise.resolve()
              return value * 2
            },
            { concurrency: 3 },
          )
          .to('out')
      }),
    )
    for (let value = 0; value < 10; value++) driver.input('in').send('k', value)
    await driver.settle()
    expect(
      driver
        .output('out')
        .records()
        .map((record) => record.value),
    ).toEqual(Array.from({ length: 10 }, (_, index) => index * 2))
  })

  it('sends each record to the first branch that takes it', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const { even, small, rest } = t
          .source('in', { value: json<number>() })
          .split({ even: (n) => n % 2 === 0, small: (n) => n < 10 }, { otherwise: 'rest' })
        even.to('even')
        small.to('small')
        rest.to('rest')
      }),
    )
    for (const value of [2, 3, 33]) driver.input('in').send('k', value)
    const values = (topic: string) =>
      driver
        .output(topic)
        .records()
        .map((record) => record.value)
    expect([values('even'), values('small'), values('rest')]).toEqual([[2], [3], [33]])
  })

  it('skips a record whose callback throws, under the policy that says so', () => {
    const driver = testDriver(
      topology(
        't',
        (t) => {
          t.source('in', { value: string() })
            .mapValues((value) => {
              if (value === 'bad') throw new RangeError('no')
              return value
            })
            .to('out', { value: string() })
        },
        { onProcessError: skip },
      ),
    )
    for (const value of ['a', 'bad', 'b']) driver.input('in').send('k', value)
    expect(
      driver
        .output('out')
        .records()
        .map((record) => record.value),
    ).toEqual(['a', 'b'])
    expect(driver.total('records-skipped')).toBe(1)
  })

  const punctuated = topology('punctuated', (t) => {
    t.source('in', { value: string() })
      .process<string, number>((context) => {
        context.schedule(10, 'wall-clock', (now) => context.forward({ key: 'at', value: now, timestamp: now }))
        return { process: () => {} }
      })
      .to('out')
  })
  const times = (driver: TestDriver): unknown[] =>
    driver
      .output('out')
      .records()
      .map((record) => record.value)

  it('runs wall-clock timers once when it moves the clock', () => {
    const driver = testDriver(punctuated, { startMs: 1000 })
    driver.advanceWallClock(35)
    driver.advanceWallClock(5)
    expect(times(driver)).toEqual([1035, 1040])
  })

  it('runs wall-clock timers at each of their times when a test moves its own clock', () => {
    const clock = manualClock(1000)
    const driver = testDriver(punctuated, { clock })
    clock.advance(35)
    expect(times(driver)).toEqual([1010, 1020, 1030])
    driver.close()
    clock.advance(100)
    expect(times(driver)).toHaveLength(3)
  })

  const counted = topology('counted', (t) => {
    t.source('in', { value: string() })
      .groupByKey()
      .count({ store: 'counts', storage: 'persistent' })
      .toStream()
      .to('n')
  })

  it('keeps persistent stores on disk, in a folder that goes when it is closed', () => {
    const before = readdirSync(tmpdir())
    const driver = testDriver(counted)
    for (const key of ['a', 'b', 'a']) driver.input('in').send(key, '')
    expect(driver.store<KeyValueStore<string, { value: number }>>('counts').get('a')?.value).toBe(2)
    expect(driver.store('counts').isPersistent).toBe(true)
    driver.close()
    const isOurs = (name: string): boolean => name.startsWith('millrace-driver-') && !before.includes(name)
    expect(readdirSync(tmpdir()).filter(isOurs)).toEqual([])
  })

  it('keeps all stores where the test says', () => {
    const driver = testDriver(counted, { storage: 'memory' })
    driver.input('in').send('a', '')
    expect(driver.store('counts').isPersistent).toBe(false)
  })

  it('reads and writes with other serdes where a test gives them', () => {
    const raw = topology('raw', (t) => t.source('in').to('out'))
    const driver = testDriver(raw)
    const serdes = { key: string(), value: integer() }
    driver.input('in', serdes).send('a', 1)
    expect(driver.output('out', serdes).records()[0]?.value?.toFixed(1)).toBe('1.0')
    expect(driver.output('out').records()[0]?.value).toEqual(Buffer.from([0, 0, 0, 1]))
    expect(driver.produced()).toEqual(['out'])
  })

  const countsOf = (driver: TestDriver): unknown[] =>
    driver
      .output('n')
      .records()
      .map(({ key, value }) => `${String(key)} ${String(value)}`)

  it.each(['memory', 'persistent'] as const)('goes on after a restart where it was, with stores: %s', (storage) => {
    const driver = testDriver(counted, { storage })
    for (const key of ['a', 'b', 'a']) driver.input('in').send(key, '')
    driver.restart()
    driver.input('in').send('a', '')
    expect(countsOf(driver)).toEqual(['a 1', 'b 1', 'a 2', 'a 3'])
    driver.close()
  })

  it('processes again after a crash what was not committed: outputs come twice, counts do not', () => {
    const driver = testDriver(counted, { commitEvery: 2 })
    for (const key of ['a', 'a', 'a']) driver.input('in').send(key, '')
    driver.restart({ crash: true })
    driver.input('in').send('a', '')
    expect(countsOf(driver)).toEqual(['a 1', 'a 2', 'a 3', 'a 3', 'a 4'])
    driver.close()
  })

  it('does not count twice after a crash what came through an internal topic twice', () => {
    const byValue = topology('by-value', (t) => {
      t.source('in', { value: string() })
        .groupBy((value) => value)
        .count()
        .toStream()
        .to('n')
    })
    const driver = testDriver(byValue, { commitEvery: 100 })
    for (const value of ['x', 'x', 'y']) driver.input('in').send('a', value)
    driver.restart({ crash: true })
    expect(countsOf(driver)).toEqual(['x 1', 'x 2', 'y 1', 'x 1', 'x 2', 'y 1'])
    const [internal] = driver.internalTopics()
    expect(driver.output(internal!).records()).toHaveLength(6)
  })

  it('begins anew after a restart with what has no changelog', () => {
    const unlogged = topology('unlogged', (t) => {
      t.source('in', { value: string() }).groupByKey().count({ logged: false }).toStream().to('n')
    })
    const driver = testDriver(unlogged)
    driver.input('in').send('a', '')
    driver.restart()
    driver.input('in').send('a', '')
    expect(countsOf(driver)).toEqual(['a 1', 'a 1'])
    expect(driver.internalTopics()).toEqual([])
  })

  it('reads a global table again after a restart', () => {
    const joined = topology('joined', (t) => {
      const names = t.globalTable('names', { value: string() })
      t.source('in', { value: string() })
        .joinTable(names, { type: 'inner', on: (value) => value, select: (_, name) => name })
        .to('n')
    })
    const driver = testDriver(joined)
    driver.input('names').send('1', 'one')
    driver.restart()
    driver.input('in').send('a', '1')
    expect(countsOf(driver)).toEqual(['a one'])
  })

  it('shows changelogs, and the names of internal topics', () => {
    const driver = testDriver(counted, { storage: 'memory' })
    for (const key of ['a', 'b', 'a']) driver.input('in').send(key, '', { at: 7 })
    const changes = driver.changelog('counts').map(({ key, value }) => [String(key), value?.readBigInt64BE(8)])
    expect(changes).toEqual([
      ['a', 1n],
      ['b', 1n],
      ['a', 2n],
    ])
    expect(driver.internalTopics()).toEqual(['counted-counts-changelog'])
    expect(() => driver.changelog('none')).toThrow("no changelog of a store 'none'")
  })
})
