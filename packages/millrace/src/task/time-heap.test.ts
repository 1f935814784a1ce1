import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeHeap } from './time-heap.ts'

describe('TimeHeap', () => {
  it('gives everything back, earliest first, however it is filled and emptied', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined })), (steps) => {
        const heap = new TimeHeap<{ readonly at: number }>()
        const model: number[] = []
        for (const at of steps) {
          if (at === undefined) expect(heap.take()?.at).toBe(model.shift())
          else {
            heap.add({ at })
            model.push(at)
            model.sort((left, right) => left - right)
          }
          expect(heap.first?.at).toBe(model[0])
        }
      }),
    )
  })

  it('orders what has the same time as Java does', () => {
    const heap = new TimeHeap<{ readonly at: number; readonly name: string }>()
    for (const name of ['a', 'b', 'c', 'd', 'e']) heap.add({ at: 1, name })
    // java.util.PriorityQueue gives exactly this
    expect(Array.from({ length: 5 }, () => heap.take()?.name)).toEqual(['a', 'e', 'd', 'c', 'b'])
  })
})
