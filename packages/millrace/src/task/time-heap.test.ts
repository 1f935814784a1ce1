import { array, assert, nat, option, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeHeap } from './time-heap.ts'

describe('TimeHeap', () => {
  it('gives everything back, earliest first, however it is filled and emptied', () => {
    assert(
      property(array(option(nat(20), { nil: undefined })), (steps) => {
        const heap = new TimeHeap<{ readonly at: number }>()
        const model: number[] = []
        const [given, wanted]: [(number | undefined)[], (number | undefined)[]] = [[], []]
        for (const at of steps) {
          if (at === undefined) {
            given.push(heap.take()?.at)
            wanted.push(model.shift())
          } else {
            heap.add({ at })
            model.push(at)
            model.sort((left, right) => left - right)
          }
          given.push(heap.first?.at)
          wanted.push(model[0])
        }
        expect(given).toEqual(wanted)
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
