import { describe, expect, it } from 'vitest'
import type { LogFields } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { StallWatch, type Watched } from './stall-watch.ts'

function watch(task: Watched) {
  const clock = new ManualClock()
  const lines: unknown[] = []
  const logger = { ...silentLogger, error: (fields: LogFields) => void lines.push(fields) }
  const stalls = new StallWatch(1_000, clock, logger, () => [task])
  stalls.start()
  return { clock, lines, stalls }
}

describe('stall watch', () => {
  it('names a task that has something to do and does not advance, again after every limit', () => {
    const { clock, lines, stalls } = watch({ id: 'a_0', waitsFor: 'a sink', progressMark: '7' })
    clock.advance(1_000)
    expect(lines).toEqual([])
    clock.advance(250)
    expect(lines).toEqual([{ code: 'TASK_STALLED', taskId: 'a_0', waitsFor: 'a sink' }])
    clock.advance(1_000)
    expect(lines).toHaveLength(2)
    stalls.stop()
    expect(clock.waiting).toBe(0)
  })

  it('says nothing of one that advances, or has nothing to do', () => {
    const slow = { id: 'a_0', waitsFor: 'its turn' as string | undefined, progressMark: '0' }
    const { clock, lines } = watch(slow)
    for (let step = 1; step < 10; step++) {
      clock.advance(500)
      slow.progressMark = `${step}`
    }
    slow.waitsFor = undefined
    clock.advance(10_000)
    expect(lines).toEqual([])
  })
})
