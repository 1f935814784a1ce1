import { describe, expect, it } from 'vitest'
import {
  bytes,
  cassandraTable,
  deadLetter,
  int,
  json,
  long,
  skip,
  string,
  text,
  timestamp,
  topology,
  type Policy,
} from '../index.ts'
import { testDriver } from '../testing/index.ts'

describe('source()', () => {
  const timed = (onInvalid: Policy = skip) =>
    testDriver(
      topology('t', (t) => {
        t.source('in', {
          key: long(),
          value: json<{ at: number | string }>(),
          at: (value) => value.at,
          onInvalid,
        }).to('out', { key: long() })
      }),
    )

  it('takes event time where it is told, with an offset only', () => {
    const driver = timed()
    for (const at of [7, 7.9, '1970-01-01T00:00:01Z', '1970-01-01 02:00:02+02', '1970-01-01T00:00:03']) {
      driver.input('in').send(1, { at })
    }
    expect(
      driver
        .output('out')
        .records()
        .map((one) => one.timestamp),
    ).toEqual([7, 7, 1_000, 2_000])
    expect(driver.total('records-skipped')).toBe(1)
  })

  it('takes the Kafka timestamp of a tombstone, which has nothing to take a time from', () => {
    const driver = timed()
    driver.input('in').send(1, null, { at: 55 })
    expect(driver.output('out').records()).toMatchObject([{ key: 1, value: null, timestamp: 55 }])
  })

  it('applies its policy to keys and values that cannot be read', () => {
    const driver = timed(deadLetter('dead'))
    driver.input('in').send(Buffer.from('short'), { at: 1 })
    driver.input('in').send(1, Buffer.from('no json'))
    expect(driver.output('dead').records()).toHaveLength(2)
    expect(() => timed({ kind: 'fail' }).input('in').send(1, Buffer.from('no json'))).toThrow(
      /Cannot read as JSON.*node=in, topic=in, partition=0, offset=0/,
    )
  })

  it('counts what it reads', () => {
    const driver = timed()
    driver.input('in').send(1, { at: 1 })
    driver.input('in').send(1, { at: 'bad' })
    expect(driver.total('records-consumed')).toBe(2)
  })
})

describe('to()', () => {
  it('writes text keys as UTF-8 and other values as JSON by default', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const values = t.source('in', { value: json() })
        values.to('out')
        values.mapValues(() => Buffer.from([1, 2])).to('bytes')
        t.source('raw', { key: bytes() }).to('copy')
      }),
    )
    driver.input('in').send('κλειδί', { n: [1] })
    driver.input('raw').send(Buffer.from([9]), Buffer.from([8]))
    expect(driver.output('out').records()).toMatchObject([{ key: 'κλειδί', value: { n: [1] } }])
    expect(driver.output('bytes').records()).toMatchObject([{ value: Buffer.from([1, 2]) }])
    expect(driver.output('copy').records()).toMatchObject([{ value: Buffer.from([8]) }])
  })

  it('writes null as a tombstone, and refuses undefined instead of deleting silently', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in', { value: json<number>() })
          .mapValues((n) => (n === 0 ? null : undefined))
          .to('out', { onError: deadLetter('dead') })
      }),
    )
    for (const n of [0, 1]) driver.input('in').send('k', n)
    expect(driver.output('out').records()).toMatchObject([{ value: null }])
    expect(driver.output('dead').records()).toMatchObject([{ value: Buffer.from('1') }])
  })

  it('applies its policy to what its serdes cannot write', () => {
    const big = (onError: Policy) =>
      testDriver(
        topology('t', (t) => {
          t.source('in', { value: json<number>() })
            .mapValues((n) => (n === 0 ? 0n : n))
            .to('out', { onError })
        }),
      )
    expect(() => big({ kind: 'fail' }).input('in').send('k', 0)).toThrow(/Cannot write a record to topic 'out'/)
    const driver = big(skip)
    for (const n of [0, 1]) driver.input('in').send('k', n)
    expect(driver.output('out').records()).toHaveLength(1)
  })

  it('keeps timestamp and headers', () => {
    const driver = testDriver(topology('t', (t) => t.source('in', { value: string() }).to('out', { value: string() })))
    const headers = [
      { name: 'a', value: null },
      { name: 'a', value: Buffer.from('2') },
    ]
    driver.input('in').send(null, 'v', { at: 9, headers })
    expect(driver.output('out').records()).toEqual([{ key: null, value: 'v', timestamp: 9, headers }])
  })
})

describe('sinkCassandra()', () => {
  const table = cassandraTable('ks.ratings', {
    columns: { name: text(), at: timestamp(), rating: int(), note: text() },
    partitionKey: ['name'],
    clusteringKey: ['at'],
  })
  interface Row {
    name: string
    at: number
    rating: number
    note?: string | null
  }

  const sinking = (onRejected: Policy, onProcessError: Policy = { kind: 'fail' }) =>
    testDriver(
      topology(
        't',
        (t) => {
          t.source('in', { value: json<Row>() }).sinkCassandra(table, { onRejected })
        },
        { onProcessError },
      ),
    )

  it('writes the columns, and neither other fields nor those that are not there', () => {
    const driver = sinking({ kind: 'fail' })
    driver.input('in').send('k', { name: 'ann', at: 5, rating: 9, extra: true })
    driver.input('in').send('k', { name: 'ann', at: 6, rating: 8, note: null })
    expect(driver.rows(table)).toEqual([
      { name: 'ann', at: 5, rating: 9 },
      { name: 'ann', at: 6, rating: 8, note: null },
    ])
  })

  it.each([
    ['a key part that is missing', { at: 5, rating: 9 }, 'name'],
    ['a key part that is null', { name: null, at: 5, rating: 9 }, 'name'],
    ['a value of another type', { name: 'ann', at: 5, rating: 'nine' }, 'rating'],
    ['a number that does not fit', { name: 'ann', at: 5, rating: 2 ** 31 }, 'rating'],
  ])('applies its policy to %s and writes nothing of the row', (_what, row, column) => {
    const driver = sinking(deadLetter('dead'))
    driver.input('in').send('k', row)
    driver.input('in').send('k', { name: 'ann', at: 5, rating: 9 })
    expect(driver.rows(table)).toHaveLength(1)
    const letter = driver.output('dead').records()[0]!
    expect(letter.value).toEqual(Buffer.from(JSON.stringify(row)))
    expect(letter.headers.find((one) => one.name === 'millrace.error.code')?.value?.toString()).toBe('ROW_INVALID')
    expect(() => sinking({ kind: 'fail' }).input('in').send('k', row)).toThrow(new RegExp(column, 'i'))
  })

  it('takes a value that is no object for a fault of what comes before it', () => {
    const driver = sinking(deadLetter('dead'), skip)
    driver.input('in').send('k', null)
    driver.input('in').send('k', 'text')
    expect([driver.total('records-skipped'), driver.total('dead-letters')]).toEqual([2, 0])
  })
})
