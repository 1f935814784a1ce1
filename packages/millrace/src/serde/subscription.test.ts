import { describe, expect, it } from 'vitest'
import { string } from './string.ts'
import { joinSideKey, joinSideValues } from './join-side.ts'
import type { Serde } from './serde.ts'
import { subscription, subscriptionAnswer, type SubscriptionInstruction } from './subscription.ts'
import { subscriptionKey, subscriptionPrefix } from './subscription-key.ts'

const text = string() as Serde<unknown>
const hash = Buffer.from('0123456789abcdef')

describe('subscription', () => {
  it('reads back every instruction, with a hash and without', () => {
    const all: SubscriptionInstruction[] = ['answer', 'answer-if-found', 'delete-and-answer', 'delete']
    for (const instruction of all) {
      for (const one of [hash, null]) {
        const sent = { instruction, hash: one, partition: 7, primaryKey: Buffer.from('key') }
        expect(subscription.deserialize(subscription.serialize(sent, 't')!, 't')).toEqual(sent)
      }
    }
  })

  it('refuses bytes that it cannot have written', () => {
    expect(() => subscription.deserialize(Buffer.from('x'), 't')).toThrow(/DESERIALIZE_FAILED|too short/)
  })
})

describe('subscriptionAnswer', () => {
  it('tells no row from an empty one', () => {
    for (const row of [null, Buffer.alloc(0), Buffer.from('row')]) {
      const sent = { hash, partition: -1, row }
      expect(subscriptionAnswer.deserialize(subscriptionAnswer.serialize(sent, 't')!, 't')).toEqual(sent)
    }
  })
})

describe('subscriptionKey()', () => {
  it('stands below the prefix of its own foreign key alone', () => {
    const key = subscriptionKey(Buffer.from('ab'), Buffer.from('k'))
    expect(key.indexOf(subscriptionPrefix(Buffer.from('ab')))).toBe(0)
    expect(key.indexOf(subscriptionPrefix(Buffer.from('a')))).not.toBe(0)
  })
})

describe('joinSideKey() and joinSideValues()', () => {
  it('sort by time, then right before left, then key', () => {
    const serde = joinSideKey(text)
    const keys = [
      { timestamp: 1, isLeft: true, key: 'z' },
      { timestamp: 2, isLeft: false, key: 'b' },
      { timestamp: 2, isLeft: false, key: 'c' },
      { timestamp: 2, isLeft: true, key: 'a' },
      { timestamp: 2 ** 33, isLeft: false, key: '' },
    ]
    const written = keys.map((key) => serde.serialize(key, 't')!)
    expect(written.toSorted((a, b) => Buffer.compare(a, b))).toEqual(written)
    expect(written.map((bytes) => serde.deserialize(bytes, 't'))).toEqual(keys)
  })

  it('read back the values in their order', () => {
    const serde = joinSideValues(text, text)
    const one = { isLeft: true, values: ['a', '', 'long enough'] }
    expect(serde.deserialize(serde.serialize(one, 't')!, 't')).toEqual(one)
    expect(() => serde.deserialize(Buffer.from([1, 0]), 't')).toThrow(/too short/)
  })
})
