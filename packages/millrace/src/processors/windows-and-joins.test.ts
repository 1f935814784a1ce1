import { describe, expect, it } from 'vitest'
import { json, lookupTable, skip, topology } from '../index.ts'
import { testDriver } from '../testing/index.ts'

interface Timed {
  readonly at: number | string
}

function hours(zone: string, given: readonly (number | string)[], offset = false): unknown[] {
  const driver = testDriver(
    topology(
      't',
      (t) => {
        t.source('in', { value: json<Timed>() })
          .windowByHour({ zone, as: 'hour', at: (value) => value.at, offset })
          .mapValues((value) => value.hour)
          .to('out')
      },
      { onProcessError: skip },
    ),
  )
  for (const at of given) driver.input('in').send('k', { at })
  return driver
    .output('out')
    .records()
    .map((one) => one.value)
}

describe('windowByHour()', () => {
  it('buckets by the hours of its zone', () => {
    const at = Date.UTC(2025, 2, 27, 22, 59, 59, 999)
    expect(hours('UTC', [at, at + 1])).toEqual(['2025-03-27 22:00', '2025-03-27 23:00'])
    expect(hours('Europe/Athens', [at])).toEqual(['2025-03-28 00:00'])
    expect(hours('Asia/Kolkata', [at])).toEqual(['2025-03-28 04:00'])
  })

  it('reads a text without an offset in its own zone, and one with an offset as it says', () => {
    expect(hours('Europe/Athens', ['2025-03-27T09:56:10', '2025-03-27T09:56:10Z'])).toEqual([
      '2025-03-27 09:00',
      '2025-03-27 11:00',
    ])
  })

  it('gives a repeated hour one bucket, or two when the offset is asked for', () => {
    const repeated = [Date.UTC(2025, 9, 26, 0, 30), Date.UTC(2025, 9, 26, 1, 30)]
    expect(new Set(hours('Europe/Athens', repeated)).size).toBe(1)
    expect(hours('Europe/Athens', repeated, true)).toEqual(['2025-10-26 03:00+03:00', '2025-10-26 03:00+02:00'])
  })

  it('takes the record time by default, leaves the value as it was, and keeps the timestamp', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const values = t.source('in', { value: json<{ n: number }>() })
        values.windowByHour({ zone: 'UTC', as: 'hour' }).to('out')
        values.to('same')
      }),
    )
    driver.input('in').send('k', { n: 1 }, { at: '2025-03-27T09:56:10Z' })
    const timestamp = Date.UTC(2025, 2, 27, 9, 56, 10)
    expect(driver.output('out').records()).toMatchObject([{ value: { n: 1, hour: '2025-03-27 09:00' }, timestamp }])
    expect(driver.output('same').records()).toMatchObject([{ value: { n: 1 }, timestamp }])
  })

  it('applies the policy to a time that is none and to a value without fields', () => {
    expect(hours('UTC', ['soon', -5, Number.NaN])).toEqual([])
    const driver = testDriver(
      topology('t', (t) => t.source('in', { value: json<object>() }).windowByHour({ zone: 'UTC', as: 'h' }).to('out')),
    )
    expect(() => driver.input('in').send('k', null)).toThrow('The callback of the operation before windowByHour()')
  })

  it('refuses a zone that does not exist where it is written', () => {
    expect(() =>
      topology('t', (t) => {
        t.source('in', { value: json<object>() }).windowByHour({ zone: 'Mars/Olympus', as: 'h' })
      }),
    ).toThrow('Mars/Olympus')
  })
})

describe('joinTable()', () => {
  const films = lookupTable('films', [
    ['Young Tiger', { title: 'Young Tiger', minutes: 81 }],
    ['Twice', { title: 'Twice', minutes: 1 }],
    ['Twice', { title: 'Twice', minutes: 2 }],
  ])

  function joined(type: 'inner' | 'left', movies: readonly string[]) {
    const driver = testDriver(
      topology('t', (t) => {
        const ratings = t.source('in', { value: json<{ movie: string; title?: string }>() })
        ratings.joinTable(films, { type, on: (rating) => rating.movie }).to('default')
        ratings
          .joinTable(films, { type, on: (r) => r.movie, select: (r, film) => `${r.movie} ${film?.minutes}` })
          .to('selected')
      }),
    )
    for (const movie of movies) driver.input('in').send('k', { movie, title: 'mine' }, { at: 3 })
    const values = (topic: string) =>
      driver
        .output(topic)
        .records()
        .map((one) => one.value)
    return { driver, values }
  }

  it('keeps what matches nothing under left', () => {
    const { values } = joined('left', ['Young Tiger', 'Nothing'])
    expect(values('default')).toEqual([
      { movie: 'Young Tiger', title: 'Young Tiger', minutes: 81 },
      { movie: 'Nothing', title: 'mine' },
    ])
    expect(values('selected')).toEqual(['Young Tiger 81', 'Nothing undefined'])
  })

  it('drops and counts what matches nothing under inner', () => {
    const { values, driver } = joined('inner', ['Nothing', 'Young Tiger'])
    expect(values('selected')).toEqual(['Young Tiger 81'])
    expect(driver.total('records-dropped')).toBe(2)
  })

  it('gives one record per row of the key, in the order of the table', () => {
    const { values, driver } = joined('left', ['Twice'])
    expect(values('selected')).toEqual(['Twice 1', 'Twice 2'])
    expect(driver.output('default').records()).toMatchObject([
      { value: { minutes: 1 }, timestamp: 3 },
      { value: { minutes: 2 }, timestamp: 3 },
    ])
  })

  it('loses only the row whose select throws, under skip', () => {
    const driver = testDriver(
      topology(
        't',
        (t) => {
          t.source('in', { value: json<string>() })
            .joinTable(films, {
              type: 'inner',
              on: (movie) => movie,
              select: (_movie, film) => {
                if (film.minutes === 1) throw new RangeError('no')
                return film.minutes
              },
            })
            .to('out')
        },
        { onProcessError: skip },
      ),
    )
    driver.input('in').send('k', 'Twice')
    expect(driver.output('out').records()).toMatchObject([{ value: 2 }])
  })
})
