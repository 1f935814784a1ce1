import { StreamsError } from '../../errors/index.ts'
import type { SeededClock } from './seeded-clock.ts'

/**
 * Whether a simulated process lives, and what it does as long as it does. From its crash on nothing that it asks for
 * happens any more and nothing answers it, except that what is on its way to a server arrives there.
 */
export class Life {
  readonly #mayCrash: (where: string) => boolean
  readonly #onCrash: (where: string) => void
  readonly #clock: SeededClock
  readonly #waiting = new Set<(error: StreamsError) => void>()
  #isOver = false
  #frozenUntilMs = 0
  #evict: () => void = () => {}
  /** Resolves when the group has noticed that the process is gone. */
  readonly evicted: Promise<void> = new Promise((resolve) => {
    this.#evict = resolve
  })

  constructor(clock: SeededClock, mayCrash: (where: string) => boolean, onCrash: (where: string) => void) {
    this.#clock = clock
    this.#mayCrash = mayCrash
    this.#onCrash = onCrash
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Nothing that it asks for leaves it meanwhile, as if it had been stopped. */
  freeze(ms: number): void {
    this.#frozenUntilMs = this.#clock.nowMs() + ms
  }

  /** Does it and gives its result, unless the process dies before, meanwhile, or when the answer comes. */
  async through<T>(what: string, work: () => Promise<T>): Promise<T> {
    const frozenMs = this.#frozenUntilMs - this.#clock.nowMs()
    if (frozenMs > 0) await this.#clock.sleep(frozenMs)
    this.#meetCrash(`before ${what}`)
    if (this.#isOver) throw crashed()
    const working = work()
    this.#meetCrash(`while ${what}`)
    return this.#whileAlive(working, () => this.#meetCrash(`after ${what}`))
  }

  crash(where: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onCrash(where)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const reject of waiting) reject(crashed())
  }

  evict(): void {
    this.#evict()
  }

  #whileAlive<T>(working: Promise<T>, answered: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        working.catch(() => {})
        reject(crashed())
        return
      }
      this.#waiting.add(reject)
      const settle = (deliver: () => void): void => {
        if (!this.#isOver) answered()
        if (!this.#waiting.delete(reject)) return
        deliver()
      }
      working.then(
        (result) => settle(() => resolve(result)),
        (thrown: unknown) => settle(() => reject(thrown)),
      )
    })
  }

  #meetCrash(where: string): void {
    if (!this.#isOver && this.#mayCrash(where)) this.crash(where)
  }
}

/** What unwinds the remains of a process that is dead; nobody outside sees it. */
function crashed(): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_CLOSED',
    what: 'The simulated process has crashed',
    hint: 'Nothing to do: this is part of the simulation.',
  })
}
