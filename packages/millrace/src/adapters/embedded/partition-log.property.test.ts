import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OutgoingRecord } from '../../ports/index.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { LogCleaner } from './log-cleaner.ts'
import { PartitionLog, type Isolation, type TransactionToken } from './partition-log.ts'
import { topicConfigOf } from './topic-config.ts'

const limits = { maxBatchRecords: 300, maxBatchBytes: 100_000 }
const lagMs = 1_000

type Step =
  | { readonly kind: 'append'; readonly writer: number; readonly count: number; readonly keys: number }
  | { readonly kind: 'commit' | 'abort'; readonly writer: number }
  | { readonly kind: 'pass'; readonly ms: number }

/** Writer 0 is without transactions. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: appends(), weight: 4 },
  fc.record({ kind: fc.constantFrom('commit', 'abort'), writer: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 3_000 }) }),
)

function appends(): fc.Arbitrary<Step> {
  return fc.record({
    kind: fc.constant('append'),
    writer: fc.integer({ min: 0, max: 2 }),
    count: fc.integer({ min: 1, max: 900 }),
    keys: fc.integer({ min: 1, max: 40 }),
  })
}

interface Written {
  readonly offset: number
  readonly key: string
  readonly value: string | null
  readonly atMs: number
  fate: 'open' | 'committed' | 'aborted'
}

/** A log, and a list of everything that was ever written to it. */
class LogPlay {
  readonly clock = new ManualClock()
  readonly log: PartitionLog
  readonly written: Written[] = []
  readonly violations: string[] = []
  readonly #open = new Map<number, { readonly token: TransactionToken; readonly records: Written[] }>()

  constructor(config: Readonly<Record<string, string>>) {
    this.log = new PartitionLog('t', 0, new LogCleaner(topicConfigOf('t', config), this.clock))
  }

  play(each: Step): void {
    if (each.kind === 'pass') this.clock.advance(each.ms)
    else if (each.kind === 'append') this.#append(each.writer, each.count, each.keys)
    else this.end(each.writer, each.kind)
  }

  end(writer: number, outcome: 'commit' | 'abort'): void {
    const open = this.#open.get(writer)
    if (!open) return
    this.#open.delete(writer)
    for (const one of open.records) one.fate = outcome === 'commit' ? 'committed' : 'aborted'
    this.log.endTransaction(open.token, outcome)
  }

  /** What a reader is handed from an offset on. */
  read(
    from: number,
    isolation: Isolation,
  ): { readonly offset: number; readonly key: string; readonly value: string | null }[] {
    const records = []
    let [offset, isInOrder] = [from, true]
    for (;;) {
      const batch = this.log.read(offset, limits, isolation)
      if (!batch) break
      isInOrder &&= batch.nextOffset > offset
      for (let index = 0; index < batch.count; index++) {
        isInOrder &&= batch.offset(index) >= offset
        offset = batch.offset(index) + 1
        const value = batch.value(index)?.toString() ?? null
        records.push({ offset: batch.offset(index), key: String(batch.key(index)), value })
      }
      offset = batch.nextOffset
    }
    if (!isInOrder) this.violations.push(`offsets out of order from ${from} on`)
    const end = Math.max(from, this.log.readableEnd(isolation))
    if (offset !== end) this.violations.push(`reading ends at ${offset} and not at ${end}`)
    return records
  }

  #append(writer: number, count: number, keys: number): void {
    const first = this.log.endOffset
    const written = Array.from({ length: count }, (_, index): Written => {
      const n = first + index
      const value = n % 7 === 0 ? null : `v${n}`
      return {
        offset: n,
        key: `k${n % keys}`,
        value,
        atMs: this.clock.nowMs(),
        fate: writer === 0 ? 'committed' : 'open',
      }
    })
    this.written.push(...written)
    let token: TransactionToken | undefined
    if (writer > 0) {
      const open = this.#open.get(writer) ?? { token: {}, records: [] }
      this.#open.set(writer, open)
      open.records.push(...written)
      token = open.token
    }
    if (this.log.append(written.map(recordOf), token) !== first) this.violations.push(`append at ${first}`)
  }
}

function recordOf({ key, value }: Written): OutgoingRecord {
  return { key: Buffer.from(key), value: value === null ? null : Buffer.from(value), timestamp: 0, headers: [] }
}

function stateOf(records: readonly { readonly key: string; readonly value: string | null }[]): Map<string, string> {
  const state = new Map<string, string>()
  for (const { key, value } of records) {
    if (value === null) state.delete(key)
    else state.set(key, value)
  }
  return state
}

const steps = fc.array(step, { maxLength: 40 })

it('rebuilds the state that was committed from a compacted log, whatever was open, aborted and compacted', () => {
  fc.assert(
    fc.property(steps, fc.nat(40), (all, pauseAt) => {
      const config = { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': String(lagMs) }
      const play = new LogPlay(config)
      // A reader that has stopped in the middle of its way loses nothing by what is compacted meanwhile.
      let [early, next]: [ReturnType<LogPlay['read']>, number] = [[], 0]
      for (const [index, each] of all.entries()) {
        play.play(each)
        if (index === pauseAt) [early, next] = [play.read(0, 'read_committed'), play.log.stableOffset]
      }
      for (const writer of [1, 2]) play.end(writer, 'commit')
      const committed = play.written.filter(({ fate }) => fate === 'committed')
      const expected = stateOf(committed)
      expect(stateOf(play.read(0, 'read_committed'))).toEqual(expected)
      expect(stateOf([...early, ...play.read(next, 'read_committed')])).toEqual(expected)
      // What is handed over is what was written there.
      const byOffset = new Map(committed.map((one) => [one.offset, one]))
      const wrong = play.read(0, 'read_committed').filter((one) => {
        const there = byOffset.get(one.offset)
        return there?.key !== one.key || there.value !== one.value
      })
      expect([wrong, play.violations]).toEqual([[], []])
    }),
    { numRuns: 60 },
  )
})

it('hands everything over that is young, and in a log without compaction everything', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (all, isCompacted) => {
      const lag = { 'min.compaction.lag.ms': String(lagMs) }
      const play = new LogPlay(isCompacted ? { 'cleanup.policy': 'compact', ...lag } : {})
      for (const each of all) play.play(each)
      const youngMs = isCompacted ? play.clock.nowMs() - lagMs : -1
      const young = play.written.filter(({ atMs }) => atMs > youngMs)
      const offsetsOf = (records: readonly { readonly offset: number }[]): number[] =>
        records.map(({ offset }) => offset)
      const [first] = offsetsOf(young)
      if (first === undefined) return
      expect(offsetsOf(play.read(first, 'read_uncommitted'))).toEqual(offsetsOf(young))
      const stable = young.filter(({ offset, fate }) => fate === 'committed' && offset < play.log.stableOffset)
      const committed = first <= play.log.stableOffset ? play.read(first, 'read_committed') : stable
      expect(offsetsOf(committed)).toEqual(offsetsOf(stable))
      expect(play.violations).toEqual([])
    }),
    { numRuns: 60 },
  )
})
