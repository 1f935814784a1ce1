import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deadLetter, json, skip, topology, type Policy } from '../index.ts'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { testDriver } from '../testing/index.ts'

const schemas = {
  zod: z.object({ name: z.string(), rating: z.number() }),
  valibot: v.object({ name: v.string(), rating: v.number() }),
  arktype: type({ name: 'string', rating: 'number' }),
} satisfies Record<string, StandardSchemaV1>

function driverOf(schema: StandardSchemaV1, onInvalid: Policy = skip, concurrency = 16) {
  return testDriver(topology('t', (t) => t.source('in').parse(schema, { onInvalid, concurrency }).to('out')))
}

const values = (driver: ReturnType<typeof driverOf>) =>
  driver
    .output('out')
    .records()
    .map((record) => record.value)

const reason = (driver: ReturnType<typeof driverOf>, name: string) =>
  driver
    .output('dead')
    .records()
    .map((letter) => letter.headers.find((one) => one.name === `millrace.error.${name}`)?.value?.toString())

/** A schema that answers a number at once, a text with a promise that `settle` settles in any order, and throws at null. */
function mixedSchema() {
  const waiting: { readonly value: string; readonly settle: () => void }[] = []
  let most = 0
  const schema: StandardSchemaV1<unknown, string> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        if (typeof value === 'number') return { value: `sync ${value}` }
        return new Promise((resolve, reject) => {
          const text = String(value)
          const settle = (): void => {
            waiting.splice(
              waiting.findIndex((one) => one.value === text),
              1,
            )
            if (text.startsWith('throw')) reject(new RangeError(text))
            else if (text.startsWith('bad')) resolve({ issues: [{ message: text }] })
            else resolve({ value: `async ${text}` })
          }
          waiting.push({ value: text, settle })
          most = Math.max(most, waiting.length)
        })
      },
    },
  }
  return { schema, waiting, most: () => most }
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

describe.each(Object.entries(schemas))('parse() with %s', (_library, schema) => {
  it('passes on what the schema puts out and names the path of what breaks it', () => {
    const driver = driverOf(schema, deadLetter('dead'))
    driver.input('in').send('k', { name: 'ann', rating: 9 })
    driver.input('in').send('k', { name: 'ann', rating: 'nine' })
    expect(values(driver)).toEqual([{ name: 'ann', rating: 9 }])
    expect(reason(driver, 'code')).toEqual(['SCHEMA_MISMATCH'])
    expect(reason(driver, 'message')[0]).toMatch(/rating/)
  })
})

describe('parse()', () => {
  it.each([
    ['text that is not JSON', Buffer.from('{"name":'), 'DESERIALIZE_FAILED'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'DESERIALIZE_FAILED'],
    ['no bytes', Buffer.alloc(0), 'DESERIALIZE_FAILED'],
    ['a tombstone', null, 'SCHEMA_MISMATCH'],
    ['JSON null', Buffer.from('null'), 'SCHEMA_MISMATCH'],
  ])('treats %s as invalid, keeps its bytes, and goes on', (_what, bytes, code) => {
    const driver = driverOf(schemas.zod, deadLetter('dead'))
    driver.input('in').send('k', bytes)
    driver.input('in').send('k', { name: 'ann', rating: 9 })
    expect(driver.output('dead').records()[0]).toMatchObject({ key: Buffer.from('k'), value: bytes })
    expect(reason(driver, 'code')).toEqual([code])
    expect(values(driver)).toHaveLength(1)
  })

  it('validates what is no bytes as it is', () => {
    const driver = testDriver(
      topology('t', (t) =>
        t
          .source('in', { value: json() })
          .parse(z.object({ n: z.number() }))
          .to('out'),
      ),
    )
    driver.input('in').send('k', { n: 1 })
    expect(values(driver)).toEqual([{ n: 1 }])
  })

  it('stops by default and names the place', () => {
    const driver = driverOf(schemas.zod, { kind: 'fail' })
    expect(() => driver.input('in').send('k', { name: 1 })).toThrow(/name: .* \(.*node=in\/parse, topic=in.*offset=0/)
  })

  it('takes event time from the value, and says so when it is none', () => {
    const Timed = z.object({ at: z.unknown() })
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in')
          .parse(Timed, { at: (value) => value.at as string, onInvalid: deadLetter('dead') })
          .to('out')
      }),
    )
    for (const at of ['2025-03-27T09:56:10.5Z', 1_000, 1_000.75, '2025-03-27T09:56:10', -1, null, 'soon']) {
      driver.input('in').send('k', { at }, { at: 5 })
    }
    const times = driver
      .output('out')
      .records()
      .map((record) => record.timestamp)
    expect(times).toEqual([Date.UTC(2025, 2, 27, 9, 56, 10, 500), 1_000, 1_000])
    expect(reason(driver, 'code')).toEqual(Array.from({ length: 4 }, () => 'TIMESTAMP_INVALID'))
    expect(driver.output('dead').records()[0]?.timestamp).toBe(5)
  })

  it('blames the `at` callback and not the schema when that throws', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('in')
          .parse(z.object({ at: z.string().optional() }), { at: (value) => value.at!.trim() })
          .to('out')
      }),
    )
    expect(() => driver.input('in').send('k', {})).toThrow(/`at` of parse\(\) threw: /)
  })

  const sent = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

  it('keeps order over schemas that answer now and then with a promise', async () => {
    const { schema, waiting } = mixedSchema()
    const driver = driverOf(schema)
    for (const value of [1, 'a', 2, 'b', 3]) driver.input('in').send('k', sent(value))
    expect(values(driver)).toEqual(['sync 1'])
    const settled = driver.settle()
    await turn()
    for (const one of [...waiting].toReversed()) one.settle()
    await settled
    expect(values(driver)).toEqual(['sync 1', 'async a', 'sync 2', 'async b', 'sync 3'])
  })

  it('applies the policy to a promise that rejects and to issues that come late', async () => {
    const { schema, waiting } = mixedSchema()
    const driver = driverOf(schema, deadLetter('dead'))
    for (const value of ['throw it', 'bad', 'good', '']) driver.input('in').send('k', sent(value))
    driver.input('in').send('k', Buffer.from('no json'))
    const settled = driver.settle()
    await turn()
    for (const one of waiting.slice()) one.settle()
    await settled
    expect(reason(driver, 'message')).toEqual([
      'The schema threw: throw it',
      'The value breaks its schema: bad',
      expect.stringContaining('Cannot read as JSON'),
    ])
    expect(values(driver)).toEqual(['async good', 'async '])
    expect(
      driver
        .output('dead')
        .records()
        .map((one) => (one.value as Buffer).toString()),
    ).toEqual(['"throw it"', '"bad"', 'no json'])
  })

  it('stops at a late issue under fail, and lets nothing through that comes after it', async () => {
    const { schema, waiting } = mixedSchema()
    const driver = driverOf(schema, { kind: 'fail' })
    for (const value of ['a', 'bad', 'c']) driver.input('in').send('k', sent(value))
    const [outcome] = await Promise.allSettled([
      driver.settle(),
      turn().then(() => {
        for (const one of waiting.slice()) one.settle()
      }),
    ])
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'SCHEMA_MISMATCH', context: { offset: 1 } } })
    expect(values(driver)).toEqual(['async a'])
  })

  it('has at most `concurrency` validations under way', async () => {
    const { schema, waiting, most } = mixedSchema()
    const driver = driverOf(schema, skip, 3)
    for (let n = 0; n < 10; n++) driver.input('in').send('k', sent(`r${n}`))
    let isSettled = false
    const settled = driver.settle().then(() => (isSettled = true))
    while (!isSettled) {
      await turn()
      waiting[0]?.settle()
    }
    await settled
    expect(most()).toBeLessThanOrEqual(3)
    expect(values(driver)).toEqual(Array.from({ length: 10 }, (_, n) => `async r${n}`))
  })
})
