import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { quietRequestQueue, type RequestQueue } from './request-queue.ts'

interface DriverQueue extends RequestQueue {
  push(request: object): void
  fulfillRequest(response: object): void
  maybeThrottle(delayMs: number): void
}
const Queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (options: object) => DriverQueue

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function quietQueue(): { queue: DriverQueue; sent: number[]; push: (correlationId: number) => void } {
  const logger = { debug() {}, warn() {} }
  const queue = new Queue({ maxInFlightRequests: null, requestTimeout: 1_000, enforceRequestTimeout: false, logger })
  quietRequestQueue(queue)
  const sent: number[] = []
  const push = (correlationId: number): void => {
    const entry = { correlationId, resolve() {}, reject() {} }
    queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) })
  }
  return { queue, sent, push }
}

it('arms no timer while nothing waits', () => {
  const { queue, sent, push } = quietQueue()
  push(1)
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 })
  expect(sent).toEqual([1])
  expect(vi.getTimerCount()).toBe(0)
})

it('still holds requests back for as long as the broker asks', () => {
  const { queue, sent, push } = quietQueue()
  queue.maybeThrottle(500)
  push(1)
  vi.advanceTimersByTime(490)
  expect(sent).toEqual([])
  vi.advanceTimersByTime(30)
  expect(sent).toEqual([1])
  expect(vi.getTimerCount()).toBe(0)
})
