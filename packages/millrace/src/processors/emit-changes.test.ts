import { describe, expect, it } from 'vitest'
import { emitChanges } from './emit-changes.ts'
import { FakeServices, shownChanges } from './fake-services.ts'

describe('a record cache', () => {
  it('lets the key that was updated longest ago go when it holds too much', () => {
    const fake = new FakeServices()
    const identify = (key: unknown): { id: string; bytes: number } => ({ id: String(key), bytes: 10 })
    const emit = emitChanges({ cacheBytes: 25, sendsOldValues: true }, fake.forward, fake.services, identify)
    emit('a', 1, null, 1)
    emit('b', 1, null, 2)
    emit('a', 2, 1, 3)
    emit('c', 1, null, 4)
    expect(shownChanges(fake.forwarded)).toEqual(['b | 1 <- null | 2'])
    expect(shownChanges(fake.commit())).toEqual(['a | 2 <- null | 3', 'c | 1 <- null | 4'])
  })
})
