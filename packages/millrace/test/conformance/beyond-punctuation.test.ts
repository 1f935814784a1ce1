import { topology, type Topology } from 'millrace'
import type { ProcessorContext } from 'millrace/ports'
import { describe, expect, it } from 'vitest'
import { texts } from './topologies/text.ts'
import './to-bring.ts'

// Every output here is what Kafka Streams 4.0.0 gave for the same steps.

type Context = Pick<ProcessorContext<string | null, string, never>, 'forward' | 'schedule'>

function punctuating(
  schedule: (context: Context) => void,
  process?: (context: Context, value: string) => void,
): Topology {
  return topology('app', (t) => {
    t.source('in', texts)
      .process<string | null, string>((context) => {
        schedule(context)
        return { process: ({ value }) => process?.(context, value) }
      })
      .to('out', texts)
  })
}

const tell = (context: Context, key: string) => (time: number) =>
  context.forward({ key, value: String(time), timestamp: time })

describe('punctuation beyond the cases', () => {
  it('runs what a callback schedules for by now in the same round', () => {
    const app = punctuating((context) => {
      let calls = 0
      context.schedule(10, 'stream-time', (time) => {
        tell(context, 'first')(time)
        if (++calls === 1) context.schedule(13, 'stream-time', tell(context, 'second'))
      })
    })
    expect(app).toBring(`
> in | k | v | 94
  < out | first | 94 | 94
  < out | second | 94 | 94
> in | k | v | 96
> in | k | v | 120
  < out | first | 120 | 120
  < out | second | 120 | 120`)
  })

  it('begins stream-time punctuation that a record schedules right after that record', () => {
    const app = punctuating(
      () => {},
      (context, value) => {
        if (value === 'go') context.schedule(7, 'stream-time', tell(context, 'p'))
      },
    )
    expect(app).toBring(`
> in | k | v | 5
> in | k | go | 3
  < out | p | 5 | 5
> in | k | v | 6
> in | k | v | 7
  < out | p | 7 | 7`)
  })

  it('calls what is due earlier first, and each once', () => {
    const app = punctuating((context) => {
      context.schedule(10, 'wall-clock', tell(context, 'ten'))
      context.schedule(4, 'wall-clock', tell(context, 'four'))
    })
    expect(app).toBring(`
! advance wall-clock by 9 ms
  < out | four | 9 | 9
! advance wall-clock by 3 ms
  < out | ten | 12 | 12
  < out | four | 12 | 12
! advance wall-clock by 30 ms
  < out | four | 42 | 42
  < out | ten | 42 | 42`)
  })

  it('keeps to multiples of the interval after missed ones', () => {
    const app = punctuating((context) => {
      context.schedule(10, 'stream-time', tell(context, 's'))
      context.schedule(10, 'wall-clock', tell(context, 'w'))
    })
    expect(app).toBring(`
> in | k | v | 47
  < out | s | 47 | 47
! advance wall-clock by 25 ms
  < out | w | 25 | 25
> in | k | v | 49
> in | k | v | 50
  < out | s | 50 | 50
! advance wall-clock by 4 ms
! advance wall-clock by 1 ms
  < out | w | 30 | 30`)
  })

  it('can be cancelled by another callback of the same round', () => {
    const app = punctuating((context) => {
      const cancel = context.schedule(10, 'wall-clock', tell(context, 'never'))
      context.schedule(5, 'wall-clock', (time) => {
        cancel()
        tell(context, 'five')(time)
      })
    })
    expect(app).toBring(`
! advance wall-clock by 20 ms
  < out | five | 20 | 20`)
  })
})
