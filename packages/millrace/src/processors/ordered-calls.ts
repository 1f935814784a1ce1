import type { RecordBatch, RecordHeaders } from '../ports/record.ts'
import type { AsyncCut, Forward, ProcessorServices } from './processor.ts'

interface Waiting {
  readonly key: unknown
  readonly value: unknown
  readonly timestamp: number
  readonly batch: RecordBatch
  readonly index: number
  readonly given: RecordHeaders | undefined
}

/** How one waiting record goes on once its call is settled; runs with its record as the current one. */
export interface OrderedCall {
  call(value: unknown, key: unknown): Promise<unknown>
  resolved(result: unknown, key: unknown, timestamp: number): void
  rejected(thrown: unknown): void
}

/**
 * A cut in a chain: records wait until the synchronous part of the micro-batch is done, then at most `concurrency`
 * calls run at a time, and their records go on in the order in which they came.
 */
export class OrderedCalls implements AsyncCut {
  readonly #call: OrderedCall
  readonly #concurrency: number
  readonly #services: ProcessorServices
  #waiting: Waiting[] = []

  constructor(call: OrderedCall, concurrency: number, services: ProcessorServices) {
    this.#call = call
    this.#concurrency = concurrency
    this.#services = services
    services.addCut(this)
  }

  get pending(): number {
    return this.#waiting.length
  }

  readonly add: Forward = (key, value, timestamp) => {
    const { batch, index, given } = this.#services.record
    this.#waiting.push({ key, value, timestamp, batch, index, given })
  }

  async drain(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    const settled: ((() => void) | undefined)[] = Array.from({ length: waiting.length })
    let started = 0
    let passed = 0
    let isStopped = false
    const passOn = (): void => {
      for (let pass = settled[passed]; pass !== undefined && !isStopped; pass = settled[passed]) {
        settled[passed++] = undefined
        // stopped unless it succeeds: another worker must not pass on what comes after a record that failed
        isStopped = true
        pass()
        isStopped = false
      }
    }
    const work = async (): Promise<void> => {
      while (started < waiting.length && !isStopped) {
        const index = started++
        settled[index] = await this.#settle(waiting[index]!)
        passOn()
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.#concurrency, waiting.length) }, work))
  }

  /** Waits for one call; gives what is to be done when its turn has come. */
  async #settle(record: Waiting): Promise<() => void> {
    const inTurn = (act: () => void) => (): void => {
      this.#services.record.at(record.batch, record.index, record.given)
      act()
    }
    try {
      const result = await this.#call.call(record.value, record.key)
      return inTurn(() => this.#call.resolved(result, record.key, record.timestamp))
    } catch (thrown) {
      return inTurn(() => this.#call.rejected(thrown))
    }
  }
}
