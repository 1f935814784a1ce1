import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorCodes, messageOf, StartupError, StreamsError } from './index.ts'

const source = join(import.meta.dirname, '..')

describe('error codes', () => {
  it('each stand once, in capitals, with a sentence', () => {
    const lines = readFileSync(join(import.meta.dirname, 'codes.ts'), 'utf8')
    const written = [...lines.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1])
    expect(written).toEqual(Object.keys(errorCodes))
    expect(new Set(written).size).toBe(written.length)
    const sentences = Object.values<string>(errorCodes)
    expect(new Set(sentences).size).toBe(sentences.length)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/)
  })

  it('are the only ones in the sources', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /(?<!test|test-d)\.ts$/.test(file),
    )
    const used = files.flatMap((file) =>
      [...readFileSync(join(source, file), 'utf8').matchAll(/\bcode: '([A-Z_]+)'/g)].map((match) => match[1] ?? ''),
    )
    expect(used.length).toBeGreaterThan(50)
    expect(used.filter((code) => !(code in errorCodes))).toEqual([])
  })
})

describe('StreamsError', () => {
  it('says on one line what failed, where, and what to do next', () => {
    const error = new StreamsError({
      code: 'DESERIALIZE_FAILED',
      what: 'Cannot deserialize\n  value',
      hint: "Check the value serde of source('orders').",
      topic: 'orders',
      partition: 3,
      offset: 42,
      node: 'orders-source',
    })
    expect(error.message).toBe(
      "Cannot deserialize value (node=orders-source, topic=orders, partition=3, offset=42). Check the value serde of source('orders').",
    )
    expect(error).toMatchObject({ name: 'StreamsError', code: 'DESERIALIZE_FAILED', retriable: false })
    expect(error).toBeInstanceOf(Error)
  })

  it('leaves out the place when it is not known', () => {
    expect(new StreamsError({ code: 'NAME_INVALID', what: 'No', hint: 'Do.' }).message).toBe('No. Do.')
  })

  it('gets more of the place, keeps what it knows, its cause and whether it may be retried', () => {
    const cause = new RangeError('why')
    const error = new StreamsError({
      code: 'QUERY_FAILED',
      what: 'No',
      hint: 'Do.',
      topic: 'a',
      retriable: true,
      cause,
    })
    const placed = error.in({ topic: 'b', offset: 0, node: undefined })
    expect(placed.context).toEqual({ topic: 'a', offset: 0 })
    expect(placed).toMatchObject({ code: 'QUERY_FAILED', what: 'No', hint: 'Do.', retriable: true, cause })
    expect(error.context).toEqual({ topic: 'a' })
  })
})

describe('StartupError', () => {
  it('lists every fault on a line of its own', () => {
    const fault = { code: 'TOPIC_MISSING', where: 'topic a', what: 'it does not exist', hint: 'Create it.' } as const
    const one = new StartupError('t', [fault])
    expect(one.message).toBe(
      'Cannot start: 1 fault found (topology=t). Mend what is listed and start again:\n  - topic a: it does not exist. Create it.',
    )
    expect(new StartupError('t', [fault, fault]).what).toBe('Cannot start: 2 faults found')
    expect(one).toBeInstanceOf(StreamsError)
  })
})

describe('messageOf', () => {
  it.each([
    [new RangeError('a\n   b'), 'a b'],
    [new RangeError(''), 'RangeError'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('gives %j on one line', (thrown, text) => {
    expect(messageOf(thrown)).toBe(text)
  })
})
