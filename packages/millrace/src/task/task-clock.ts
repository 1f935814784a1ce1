import type { Clock } from '../ports/clock.ts'
import type { CurrentRecord, TaskServices } from '../processors/index.ts'
import { Punctuations } from './punctuations.ts'

/** The two times of a task: its stream time, moved by its sources, and the wall clock. */
export class TaskClock {
  readonly #record: CurrentRecord
  readonly #clock: Clock
  readonly #onStreamTime = new Punctuations()
  readonly #onWallClock = new Punctuations()

  constructor(record: CurrentRecord, clock: Clock) {
    this.#record = record
    this.#clock = clock
  }

  readonly services: Pick<TaskServices, 'streamTime' | 'nowMs' | 'schedule'> = {
    streamTime: { ms: -1, nextAt: Infinity, run: () => this.#runStreamTime() },
    nowMs: () => this.#clock.nowMs(),
    schedule: (intervalMs, type, callback) => {
      if (type === 'wall-clock') return this.#onWallClock.add(this.#clock.nowMs() + intervalMs, intervalMs, callback)
      // aligned to 0, so the first data are due at once
      const cancel = this.#onStreamTime.add(0, intervalMs, callback)
      this.services.streamTime.nextAt = this.#onStreamTime.nextAt
      return cancel
    },
  }

  get nextWallClockMs(): number {
    return this.#onWallClock.nextAt
  }

  runWallClock(): void {
    this.#withoutRecord(() => this.#onWallClock.run(this.#clock.nowMs()))
  }

  #runStreamTime(): void {
    const { streamTime } = this.services
    this.#withoutRecord(() => this.#onStreamTime.run(streamTime.ms))
    streamTime.nextAt = this.#onStreamTime.nextAt
  }

  #withoutRecord(run: () => void): void {
    const { batch, index, given } = this.#record
    this.#record.clear()
    run()
    this.#record.at(batch, index, given)
  }
}
