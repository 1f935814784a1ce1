import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordBatchOf } from '../testing/record-batch-of.ts'
import { PartitionQueue } from './partition-queue.ts'

const batch = (offsets: readonly number[], ends: { nextOffset?: number; highWatermark?: number } = {}) =>
  recordBatchOf(
    'in',
    0,
    offsets.map((offset) => ({ offset, timestamp: offset * 10, value: 'x' })),
    ends,
  )

function takeAll(queue: PartitionQueue, max = Infinity): number[] {
  const taken: number[] = []
  while (queue.records > 0) {
    queue.take(max, (from, start, end) => {
      for (let index = start; index < end; index++) taken.push(from.offset(index))
    })
  }
  return taken
}

describe('PartitionQueue', () => {
  it('drops what lies below its position', () => {
    const queue = new PartitionQueue('in', 0, 2)
    queue.enqueue(batch([0, 1, 2, 3]))
    expect(queue.records).toBe(2)
    expect(takeAll(queue)).toEqual([2, 3])
    expect(queue.position).toBe(4)
  })

  it('takes each record once when a delivery overlaps one that still waits', () => {
    const queue = new PartitionQueue('in', 0, 0)
    queue.enqueue(batch([0, 1, 2]))
    queue.enqueue(batch([1, 2, 3]))
    queue.enqueue(batch([0, 1]))
    expect(queue.records).toBe(4)
    expect(takeAll(queue)).toEqual([0, 1, 2, 3])
  })

  it('names the next record as its position within a batch, and the end of the batch after it', () => {
    const queue = new PartitionQueue('in', 0, 0)
    queue.enqueue(batch([0, 5, 9], { nextOffset: 12, highWatermark: 20 }))
    const seen: number[] = []
    while (queue.records > 0) {
      queue.take(1, () => {})
      seen.push(queue.position)
    }
    expect(seen).toEqual([5, 9, 12])
    expect(queue.expected).toBe(12)
    expect(queue.lagRecords).toBe(8)
  })

  it('moves past a batch without records', () => {
    const queue = new PartitionQueue('in', 0, 0)
    queue.enqueue(batch([], { nextOffset: 3 }))
    expect(queue.position).toBe(3)
    queue.enqueue(batch([3]))
    queue.enqueue(batch([], { nextOffset: 5 }))
    expect(queue.position).toBe(3)
    expect(takeAll(queue)).toEqual([3])
    expect(queue.position).toBe(5)
  })

  it('leaves its position where it was when the reader throws', () => {
    const queue = new PartitionQueue('in', 0, 0)
    queue.enqueue(batch([0, 1, 2]))
    queue.take(1, () => {})
    expect(() =>
      queue.take(2, () => {
        throw new RangeError('no')
      }),
    ).toThrow('no')
    expect(queue.position).toBe(1)
  })

  it('counts bytes until a batch is done', () => {
    const queue = new PartitionQueue('in', 0, 0)
    queue.enqueue(batch([0, 1]))
    queue.enqueue(batch([2]))
    expect(queue.bytes).toBe(3)
    queue.take(1, () => {})
    expect(queue.bytes).toBe(3)
    queue.take(1, () => {})
    expect(queue.bytes).toBe(1)
    queue.clear()
    expect([queue.bytes, queue.records]).toEqual([0, 0])
  })

  it('gives every offset once and in order, whatever the batch boundaries and re-deliveries', () => {
    // a log with gaps, deliveries that start anywhere at or below what was delivered, takes in between
    const step = fc.record({ back: fc.nat(6), size: fc.nat(5), take: fc.nat(4) })
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(60), { maxLength: 30 }),
        fc.nat(10),
        fc.array(step, { maxLength: 40 }),
        (raw, start, steps) => {
          const log = [...raw].sort((a, b) => a - b)
          const queue = new PartitionQueue('in', 0, start)
          const taken: number[] = []
          let delivered = 0
          for (const { back, size, take } of steps) {
            const from = Math.max(0, delivered - back)
            const to = Math.min(log.length, from + size)
            const nextOffset = to < log.length ? log[to]! : 61
            queue.enqueue(batch(log.slice(from, to), { nextOffset }))
            delivered = Math.max(delivered, to)
            queue.take(take, (one, first, end) => {
              for (let index = first; index < end; index++) taken.push(one.offset(index))
            })
            const due = log.find((offset) => offset >= start && !taken.includes(offset)) ?? 61
            expect(queue.position).toBeGreaterThan(taken.at(-1) ?? start - 1)
            expect(queue.position).toBeLessThanOrEqual(Math.max(due, start))
          }
          taken.push(...takeAll(queue, 2))
          expect(taken).toEqual(log.slice(0, delivered).filter((offset) => offset >= start))
        },
      ),
    )
  })
})
