import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deadLetter, json, skip, string, topology } from '../../index.ts'
import { testDriver } from '../index.ts'

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
})
