import {
  calendar,
  hopping,
  hours,
  session,
  sliding,
  string,
  topology,
  tumbling,
  unlimited,
  type SessionWindowedKStream,
  type WindowedKStream,
} from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

type TimeWindows = Parameters<typeof counted>[0]
type Emit = 'on-update' | 'on-window-close'

function counted(
  windows: ReturnType<typeof tumbling> | ReturnType<typeof sliding> | ReturnType<typeof calendar>,
  options: Parameters<WindowedKStream<string, string>['count']>[0] = {},
) {
  return topology('app', (t) => {
    windowedText(t.source('in', texts).groupByKey().windowedBy(windows).count(options)).to('out', texts)
  })
}

function countedSessions(
  windows: ReturnType<typeof session>,
  options: Parameters<SessionWindowedKStream<string, string>['count']>[0] = {},
) {
  return topology('app', (t) => {
    windowedText(t.source('in', texts).groupByKey().windowedBy(windows).count(options)).to('out', texts)
  })
}

function aggregated(windows: TimeWindows, emit: Emit = 'on-update') {
  const add = (aggregate: string, value: unknown): string => `${aggregate}+${text(value)}`
  return topology('app', (t) => {
    const table = t
      .source('in', texts)
      .groupByKey()
      .windowedBy(windows)
      .aggregate({ init: () => '0', add, value: string(), emit, store: 'W' })
    windowedText(table).to('out', texts)
  })
}

describe('time windows beyond the cases', () => {
  it('begins no hopping window before the epoch', () => {
    expect(counted(hopping(10, { advance: 3 }))).toBring(`
> in | k | a | 0
  < out | k@0/10 | 1 | 0
> in | k | a | 4
  < out | k@0/10 | 2 | 4
  < out | k@3/13 | 1 | 4`)
  })

  it('keeps the time of an operation where it is for a null key, and moves it for another key', () => {
    expect(counted(tumbling(10))).toBring(`
> in | null | x | 100
> in | k | a | 0
  < out | k@0/10 | 1 | 0
> in | other | a | 20
  < out | other@20/30 | 1 | 20
> in | k | a | 9
= metric dropped-records-total: 2`)
  })

  it('takes records as long as the end of their window is after its time minus the grace', () => {
    expect(counted(tumbling(10, { grace: 5 }))).toBring(`
> in | k | a | 14
  < out | k@10/20 | 1 | 14
> in | k | a | 9
  < out | k@0/10 | 1 | 9
> in | k | a | 15
  < out | k@10/20 | 2 | 15
> in | k | a | 9
= metric dropped-records-total: 1`)
  })

  it('reduces per window and hands late records to onLate, once per window', () => {
    const late: string[] = []
    const app = topology('app', (t) => {
      const table = t
        .source('in', texts)
        .groupByKey()
        .windowedBy(hopping(10, { advance: 5 }))
        .reduce((left, right) => `${left}+${right}`, {
          onLate: ({ key, value, timestamp }) => late.push(`${key} ${value} ${timestamp}`),
        })
      windowedText(table).to('out', texts)
    })
    expect(app).toBring(`
> in | k | a | 12
  < out | k@5/15 | a | 12
  < out | k@10/20 | a | 12
> in | k | b | 7
  < out | k@5/15 | a+b | 12
> in | k | c | 4
= metric dropped-records-total: 2`)
    expect(late).toEqual(['k b 7', 'k c 4'])
  })

  it('puts everything from its start on into one window without an end', () => {
    const app = topology('app', (t) => {
      t.source('in', texts)
        .groupByKey()
        .windowedBy(unlimited({ start: 10 }))
        .count()
        .toStream()
        .map(({ key, value }) => ({ key: `${key.key}@${key.window.start}`, value: text(value) }))
        .to('out', texts)
    })
    expect(app).toBring(`
> in | k | a | 5
> in | k | b | 10
  < out | k@10 | 1 | 10
> in | k | c | 1000000000000
  < out | k@10 | 2 | 1000000000000
> in | k | d | 15
  < out | k@10 | 3 | 1000000000000`)
  })

  it('cuts calendar days as their zone has them, when the clock changes too', () => {
    // Athens, 30 March 2025: the day has 23 hours
    const before = Date.parse('2025-03-29T22:30:00Z')
    const after = Date.parse('2025-03-30T20:30:00Z')
    const [start, end] = [Date.parse('2025-03-29T22:00:00Z'), Date.parse('2025-03-30T21:00:00Z')]
    expect(end - start).toBe(hours(23))
    expect(counted(calendar('day', { zone: 'Europe/Athens' }))).toBring(`
> in | k | a | ${before}
  < out | k@${start}/${end} | 1 | ${before}
> in | k | a | ${after}
  < out | k@${start}/${end} | 2 | ${after}`)
  })

  it('refuses an advance that leaves gaps, and a retention shorter than size and grace', () => {
    expect(() => hopping(10, { advance: 11 })).toThrow(/advance is 11/)
    expect(() => hopping(10, { advance: 0 })).toThrow(/advance is 0/)
    expect(() => counted(tumbling(10, { grace: 5 }), { retention: 14 })).toThrow(/retention is 14 ms/)
  })

  it('keeps its windows in a store', () => {
    expect(aggregated(tumbling(10, { grace: 100 }))).toBring(`
> in | b | 1 | 0
  < out | b@0/10 | 0+1 | 0
> in | a | 2 | 15
  < out | a@10/20 | 0+2 | 15
= window-store W (all windows): [b@0=0+1@0, a@10=0+2@15]`)
  })

  it('gives a window once on close, in order of start and key, with its own time and the present headers', () => {
    expect(aggregated(tumbling(10, { grace: 5 }), 'on-window-close')).toBring(`
> in | B | 1 | 0
> in | A | 1 | 3
> in | A | 2 | 12 | h:n=1
> in | B | 3 | 14
> in | B | 3 | 15 | h:n=2
  < out | A@0/10 | 0+1 | 3 | h:n=2
  < out | B@0/10 | 0+1 | 0 | h:n=2
> in | A | 4 | 5
> in | B | 5 | 25
  < out | A@10/20 | 0+2 | 12
  < out | B@10/20 | 0+3+3 | 15
= metric dropped-records-total: 1`)
  })

  it('closes windows that a jump of time passes by on the next record', () => {
    expect(aggregated(tumbling(10, { grace: 20 }), 'on-window-close')).toBring(`
> in | A | 1 | 0
> in | A | 2 | 12
> in | B | 3 | 30
  < out | A@0/10 | 0+1 | 0`)
  })

  it('closes windows without new input after the silence of closeOnIdle', () => {
    const app = counted(tumbling(10), { emit: 'on-window-close', closeOnIdle: 1000 })
    expect(app).toBring(`
> in | A | 1 | 3
! advance wall-clock by 999 ms
! advance wall-clock by 1000 ms
  < out | A@0/10 | 1 | 3`)
  })
})

describe('sliding windows beyond the cases', () => {
  it('makes a window that ends at each record and one that begins after it', () => {
    expect(aggregated(sliding(10, { grace: 50 }))).toBring(`
allows: 3
> in | A | 1 | 10
  < out | A@0/10 | 0+1 | 10
> in | A | 2 | 15
  < out | A@11/21 | 0+2 | 15
  < out | A@5/15 | 0+1+2 | 15
> in | A | 3 | 30
  < out | A@20/30 | 0+3 | 30`)
  })

  it('gives a late record its windows, each with its latest time', () => {
    expect(aggregated(sliding(10, { grace: 50 }))).toBring(`
allows: 3
> in | A | 1 | 10
  < out | A@0/10 | 0+1 | 10
> in | A | 2 | 20
  < out | A@11/21 | 0+2 | 20
  < out | A@10/20 | 0+1+2 | 20
> in | A | 3 | 15
  < out | A@11/21 | 0+2+3 | 20
  < out | A@10/20 | 0+1+2+3 | 20
  < out | A@16/26 | 0+2 | 20
  < out | A@5/15 | 0+1+3 | 15`)
  })

  it('drops null values and null keys, which do not move its time', () => {
    expect(counted(sliding(10))).toBring(`
allows: 3
> in | k | null | 100
> in | null | a | 100
> in | k | a | 20
  < out | k@10/20 | 1 | 20
= metric dropped-records-total: 2`)
  })

  it('drops a record whose windows have all closed, once', () => {
    expect(counted(sliding(10, { grace: 5 }))).toBring(`
allows: 3
> in | k | a | 100
  < out | k@90/100 | 1 | 100
> in | k | b | 84
= metric dropped-records-total: 1`)
  })

  it('gives a window once on close', () => {
    expect(counted(sliding(10), { emit: 'on-window-close' })).toBring(`
allows: 3
> in | k | a | 10
> in | x | b | 20
  < out | k@0/10 | 1 | 10
> in | x | b | 31
  < out | x@10/20 | 1 | 20`)
  })
})

describe('sessions beyond the cases', () => {
  it('joins all sessions that a record bridges, deleting each', () => {
    expect(countedSessions(session(10, { grace: 100 }))).toBring(`
> in | k | a | 0
  < out | k@0/0 | 1 | 0
> in | k | b | 15
  < out | k@15/15 | 1 | 15
> in | k | c | 8
  < out | k@0/0 | null | 0
  < out | k@15/15 | null | 15
  < out | k@0/15 | 3 | 15`)
  })

  it('takes a late record that joins a session which is still open, and drops one that does not', () => {
    expect(countedSessions(session(10))).toBring(`
> in | k | a | 20
  < out | k@20/20 | 1 | 20
> in | x | b | 25
  < out | x@25/25 | 1 | 25
> in | k | c | 12
  < out | k@20/20 | null | 20
  < out | k@12/20 | 2 | 20
> in | other | c | 12
= metric dropped-records-total: 1`)
  })

  it('updates a session in place when a record falls inside it', () => {
    expect(countedSessions(session(10))).toBring(`
> in | k | a | 0
  < out | k@0/0 | 1 | 0
> in | k | b | 0
  < out | k@0/0 | 2 | 0
> in | k | c | 8
  < out | k@0/0 | null | 0
  < out | k@0/8 | 3 | 8
> in | k | d | 4
  < out | k@0/8 | null | 8
  < out | k@0/8 | 4 | 8`)
  })

  it('reduces sessions with one function', () => {
    const app = topology('app', (t) => {
      const table = t
        .source('in', texts)
        .groupByKey()
        .windowedBy(session(10))
        .reduce((left, right) => `${left}+${right}`)
      windowedText(table).to('out', texts)
    })
    expect(app).toBring(`
> in | k | a | 0
  < out | k@0/0 | a | 0
> in | k | b | 5
  < out | k@0/0 | null | 0
  < out | k@0/5 | a+b | 5`)
  })

  it('gives a session once on close: when gap and grace have passed its end', () => {
    expect(countedSessions(session(5), { emit: 'on-window-close' })).toBring(`
> in | A | 1 | 0
> in | A | 2 | 3
> in | B | 3 | 8
> in | B | 4 | 9
  < out | A@0/3 | 2 | 3`)
  })
})
