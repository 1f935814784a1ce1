import { describe, expect, it } from 'vitest'
import { RequestLimit } from './request-limit.ts'

function take(limit: RequestLimit): number {
  let taken = 0
  while (limit.tryAcquire()) taken += 1
  return taken
}

describe('RequestLimit', () => {
  it('allows 64 requests at first, or the maximum if that is less', () => {
    expect(take(new RequestLimit(256))).toBe(64)
    expect(take(new RequestLimit(16))).toBe(16)
  })

  it('allows one more per round trip while it is used up and answers are quick', () => {
    const limit = new RequestLimit(256)
    take(limit)
    for (let answered = 0; answered < 70; answered++) limit.succeeded(0, 5)
    expect(limit.limit).toBe(65)
  })

  it('does not grow while it is not used up, nor above the maximum', () => {
    const idle = new RequestLimit(256)
    idle.tryAcquire()
    for (let answered = 0; answered < 1_000; answered++) idle.succeeded(0, 5)
    expect(idle.limit).toBe(64)
    const full = new RequestLimit(8)
    take(full)
    for (let answered = 0; answered < 1_000; answered++) full.succeeded(0, 5)
    expect(full.limit).toBe(8)
  })

  it('halves on a failure, once for all requests that were under way then, and never below 4', () => {
    const limit = new RequestLimit(256)
    for (let failed = 0; failed < 64; failed++) limit.failed(0, 10)
    expect(limit.limit).toBe(32)
    for (let round = 1; round < 10; round++) limit.failed(round * 100, round * 100 + 10)
    expect(limit.limit).toBe(4)
  })

  it('shrinks when answers get slow', () => {
    const limit = new RequestLimit(100)
    limit.succeeded(0, 1_000)
    expect(limit.limit).toBe(57)
  })

  it('calls the next one that waits when a place is free', () => {
    const limit = new RequestLimit(4)
    take(limit)
    const called: number[] = []
    limit.wait(() => called.push(limit.tryAcquire() ? 1 : 0))
    limit.wait(() => called.push(limit.tryAcquire() ? 2 : 0))
    limit.release()
    expect(called).toEqual([1])
    limit.release()
    expect(called).toEqual([1, 2])
  })
})
