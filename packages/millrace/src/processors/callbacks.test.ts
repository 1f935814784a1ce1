import { describe, expect, it } from 'vitest'
import { deadLetter, json, type KStream, lookupTable, skip, string, topology, type Policy } from '../index.ts'
import { testDriver } from '../testing/index.ts'

type Stream = KStream<string | null, string>
type AnyCallback = (...args: unknown[]) => never

const names = lookupTable('names', [['a', { title: 'A' }]] as const)

/** Every operation that calls the user back, with the callback that a test gives it. */
const operations: readonly (readonly [string, (stream: Stream, callback: AnyCallback) => void])[] = [
  ['filter()', (stream, callback) => stream.filter(callback).to('out')],
  ['filterNot()', (stream, callback) => stream.filterNot(callback).to('out')],
  ['map()', (stream, callback) => stream.map(callback).to('out', { key: json() })],
  ['mapValues()', (stream, callback) => stream.mapValues(callback).to('out')],
  ['flatMap()', (stream, callback) => stream.flatMap(callback).to('out', { key: json() })],
  ['flatMapValues()', (stream, callback) => stream.flatMapValues(callback).to('out')],
  ['selectKey()', (stream, callback) => stream.selectKey(callback).to('out', { key: json() })],
  ['peek()', (stream, callback) => stream.peek(callback).to('out')],
  ['forEach()', (stream, callback) => stream.forEach(callback)],
  ['split()', (stream, callback) => stream.split({ some: callback }).some.to('out')],
  [
    'joinTable()',
    (stream, callback) => stream.joinTable(names, { type: 'left', on: () => 'a', select: callback }).to('out'),
  ],
  [
    'joinTable()',
    (stream, callback) => stream.joinTable(names, { type: 'left', on: callback, select: () => 1 }).to('out'),
  ],
]

function run(
  operation: (stream: Stream, callback: AnyCallback) => void,
  onProcessError: Policy,
  callback: (...args: unknown[]) => unknown,
) {
  return testDriver(
    topology('t', (t) => operation(t.source('in', { value: string() }), callback as AnyCallback), { onProcessError }),
  )
}

const throws = (): never => {
  throw new RangeError('no\nsuch thing')
}

describe.each(operations)('%s', (name, operation) => {
  it('stops at a record whose callback throws, and says which record and where the operation is written', () => {
    const driver = run(operation, { kind: 'fail' }, throws)
    expect(() => driver.input('in').send('k', 'v')).toThrow(
      /^User code threw: no such thing \(taskId=in_0, node=in\/.*, topic=in, partition=0, offset=0, callSite=.*callbacks\.test\.ts:\d+:\d+\)\. /,
    )
  })

  it('skips and counts such a record under skip, and goes on', () => {
    const driver = run(operation, skip, throws)
    for (const value of ['a', 'b']) driver.input('in').send('k', value)
    expect(driver.total('records-skipped')).toBe(2)
  })

  it('hands such a record to the dead-letter topic as it came', () => {
    const driver = run(operation, deadLetter('dead'), throws)
    driver.input('in').send('k', 'raw', { at: 77, headers: [{ name: 'h', value: Buffer.from('1') }] })
    const [letter] = driver.output('dead').records()
    expect(letter).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('raw'), timestamp: 77 })
    const headers = new Map(letter!.headers.map((one) => [one.name, one.value?.toString()]))
    expect(headers.get('h')).toBe('1')
    expect(headers.get('millrace.error.code')).toBe('PROCESS_FAILED')
    expect(headers.get('millrace.error.message')).toBe('User code threw: no such thing')
    expect(headers.get('millrace.error.topic')).toBe('in')
    expect(headers.get('millrace.error.offset')).toBe('0')
  })

  it('refuses a promise instead of taking it for an answer', () => {
    const driver = run(operation, { kind: 'fail' }, () => Promise.resolve(true))
    expect(() => driver.input('in').send('k', 'v')).toThrow(/returned (a promise|object)/)
    expect(name).toContain('()')
  })
})

describe('callbacks that return what cannot be used', () => {
  it.each([
    ['map()', 'a text', { kind: 'fail' } as const],
    ['map()', null, { kind: 'fail' } as const],
    ['map()', { key: 'k' }, { kind: 'fail' } as const],
    ['flatMap()', 'a text', { kind: 'fail' } as const],
    ['flatMap()', [{ value: 1 }], { kind: 'fail' } as const],
    ['flatMap()', undefined, { kind: 'fail' } as const],
    ['flatMapValues()', 'a text', { kind: 'fail' } as const],
    ['flatMapValues()', 7, { kind: 'fail' } as const],
  ])('%s refuses %j', (name, result, policy) => {
    const operation = operations.find(([one]) => one === name)![1]
    const driver = run(operation, policy, () => result)
    expect(() => driver.input('in').send('k', 'v')).toThrow(/The callback of .* returned .*\. Return /)
  })

  it('takes every iterable, and forwards nothing of one that throws half-way', () => {
    const driver = testDriver(
      topology(
        't',
        (t) => {
          const numbers = t.source('in', { value: json<number>() })
          numbers.flatMapValues((n) => new Set([n, n + 1])).to('sets')
          numbers
            .flatMapValues(function* generate(n) {
              yield n
              if (n > 1) throw new RangeError('half-way')
              yield -n
            })
            .to('out')
        },
        { onProcessError: skip },
      ),
    )
    for (const n of [1, 2]) driver.input('in').send('k', n)
    const values = (topic: string) =>
      driver
        .output(topic)
        .records()
        .map((one) => one.value)
    expect([values('sets'), values('out')]).toEqual([
      [1, 2, 2, 3],
      [1, -1],
    ])
  })
})

describe('null keys and tombstones', () => {
  it('go through every operation that does not look into them', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in', { value: string() })
          .filter(() => true)
          .filterNot(() => false)
          .mapValues((value) => value)
          .flatMapValues((value) => [value])
          .selectKey((_value, key) => key)
          .map(({ key, value }) => ({ key, value }))
          .flatMap((record) => [record])
          .peek(() => {})
          .to('out', { value: string() })
      }),
    )
    driver.input('in').send(null, null, { at: 5 })
    driver.input('in').send(null, '', { at: 6 })
    expect(driver.output('out').records()).toEqual([
      { key: null, value: null, timestamp: 5, headers: [] },
      { key: null, value: '', timestamp: 6, headers: [] },
    ])
  })
})

describe('split and merge', () => {
  it('drops what no branch takes when there is no other branch', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in', { value: json<number>() })
          .split({ big: (n) => n > 5 })
          .big.to('out')
      }),
    )
    for (const n of [9, 1]) driver.input('in').send('k', n)
    expect(driver.output('out').records()).toHaveLength(1)
  })

  it('gives a branch that nothing reads its records all the same', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const { rest } = t.source('in', { value: json<number>() }).split({ big: (n) => n > 5 }, { otherwise: 'rest' })
        rest.to('out')
      }),
    )
    for (const n of [9, 1]) driver.input('in').send('k', n)
    expect(
      driver
        .output('out')
        .records()
        .map((one) => one.value),
    ).toEqual([1])
  })

  it('merges the records of both streams, also when one stream is merged with itself', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const a = t.source('a', { value: string() })
        a.merge(t.source('b', { value: string() })).to('both', { value: string() })
        a.merge(a).to('twice', { value: string() })
      }),
    )
    driver.input('a').send('k', 'x')
    driver.input('b').send('k', 'y')
    const values = (topic: string) =>
      driver
        .output(topic)
        .records()
        .map((one) => one.value)
    expect([values('both'), values('twice')]).toEqual([
      ['x', 'y'],
      ['x', 'x'],
    ])
  })
})
