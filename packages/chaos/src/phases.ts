import { systemClock } from 'millrace'
import type { GapWatch } from './gap-watch.ts'
import type { Workers } from './workers/workers.ts'

/** What happened from one event to the next. */
export interface Phase {
  readonly event: string
  readonly ms: number
  readonly committed: number
  readonly consumed: number
  readonly rebalances: number
  readonly restored: number
  /** Records of internal topics that were left out, as they had been processed before. */
  readonly repeated: number
  /** The longest time in which nothing was processed, ms. */
  readonly gapMs: number
}

interface Mark {
  readonly event: string
  readonly atMs: number
  readonly committed: number
  readonly totals: Workers['totals']
}

/** Takes stock at every event. */
export class PhaseLog {
  readonly all: Phase[] = []
  readonly #workers: Workers
  readonly #gaps: GapWatch
  readonly #say: (line: string) => void
  #open: Mark

  constructor(workers: Workers, gaps: GapWatch, say: (line: string) => void) {
    this.#workers = workers
    this.#gaps = gaps
    this.#say = say
    this.#open = this.#mark('start', 0)
  }

  begin(event: string, committed: number): void {
    this.end(committed)
    this.#open = this.#mark(event, committed)
    this.#say(`${event} at ${committed.toLocaleString('en')} committed`)
  }

  end(committed: number): void {
    const { event, atMs, committed: before, totals } = this.#open
    const now = this.#workers.totals
    this.all.push({
      event,
      ms: systemClock.nowMs() - atMs,
      committed: committed - before,
      consumed: now.consumed - totals.consumed,
      rebalances: now.rebalances - totals.rebalances,
      restored: now.restored - totals.restored,
      repeated: now.repeated - totals.repeated,
      gapMs: this.#gaps.take(),
    })
  }

  #mark(event: string, committed: number): Mark {
    return { event, atMs: systemClock.nowMs(), committed, totals: this.#workers.totals }
  }
}

/** The phases as a table, with a line of sums. */
export function phasesText(phases: readonly Phase[]): string {
  const sum = (field: Exclude<keyof Phase, 'event'>): number => phases.reduce((total, phase) => total + phase[field], 0)
  const rows = [
    ['after', 'time', 'committed', 'consumed', 'rebalances', 'restored', 'left out', 'longest gap'],
    ...phases.map(rowOf),
    rowOf({
      event: 'all',
      ms: sum('ms'),
      committed: sum('committed'),
      consumed: sum('consumed'),
      rebalances: sum('rebalances'),
      restored: sum('restored'),
      repeated: sum('repeated'),
      gapMs: Math.max(...phases.map(({ gapMs }) => gapMs)),
    }),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '))
    .join('\n')
}

function rowOf(phase: Phase): readonly string[] {
  const { event, ms, committed, consumed, rebalances, restored, repeated, gapMs } = phase
  const counts = [committed, consumed, rebalances, restored, repeated].map((value) => value.toLocaleString('en'))
  return [event, seconds(ms), ...counts, seconds(gapMs)]
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
