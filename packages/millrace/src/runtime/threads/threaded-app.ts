import type { Observable } from 'rxjs'
import { type AppState, Lifecycle } from '../lifecycle.ts'
import type { CounterReading } from '../metrics-registry.ts'
import { whenSignalled } from '../when-signalled.ts'
import { AppThread } from './app-thread.ts'
import type { ThreadData } from './thread-messages.ts'

/** A topology that runs in worker threads: every one is a member of the group with tasks of its own. */
export class ThreadedApp {
  readonly #threads: readonly AppThread[]
  readonly #lifecycle = new Lifecycle()
  /** The state of the thread that is furthest behind, now and at every change. Completes at the end. */
  readonly state$: Observable<AppState> = this.#lifecycle.state$
  /** Resolves when all threads have closed. When one fails the others are closed, and it rejects with the error. */
  readonly closed: Promise<void>
  readonly #forgetSignals: () => void

  constructor(dataOf: (thread: number) => ThreadData, count: number, signals: boolean) {
    this.#lifecycle.to('starting')
    this.#threads = Array.from({ length: count }, (_, thread) => new AppThread(dataOf(thread), () => this.#follow()))
    this.closed = this.#whenClosed()
    this.closed.catch(() => {})
    this.#forgetSignals = signals ? whenSignalled(() => void this.close().catch(() => {})) : () => {}
  }

  get state(): AppState {
    return this.#lifecycle.state
  }

  /** Resolves when every thread reads. */
  async started(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.started))
  }

  /** Resolves when what stood in the source topics at the call is processed and committed, see `App.caughtUp`. */
  async caughtUp(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.ask('caught-up')))
  }

  /** Every counter of all threads together. */
  async counters(): Promise<readonly CounterReading[]> {
    const readings = (await Promise.all(this.#threads.map((thread) => thread.ask('counters')))).flat()
    const sums = new Map<string, CounterReading>()
    for (const one of readings) {
      const id = `${one.name} ${one.node}`
      sums.set(id, { ...one, value: one.value + (sums.get(id)?.value ?? 0) })
    }
    return [...sums.values()]
  }

  /** Closes every thread as `App.close` does. */
  close(): Promise<void> {
    if (this.#lifecycle.can('closing')) this.#lifecycle.to('closing')
    for (const thread of this.#threads) thread.close()
    return this.closed
  }

  async #whenClosed(): Promise<void> {
    const all = this.#threads.map((thread) => thread.closed)
    try {
      await Promise.all(all)
      if (this.#lifecycle.can('closing')) this.#lifecycle.to('closing')
      this.#lifecycle.to('closed')
    } catch (error) {
      if (this.#lifecycle.can('failed')) this.#lifecycle.to('failed')
      for (const thread of this.#threads) thread.close()
      await Promise.allSettled(all)
      throw error
    } finally {
      this.#forgetSignals()
    }
  }

  #follow(): void {
    const states = new Set(this.#threads.map((thread) => thread.state))
    if (states.has('starting')) return
    const state = (['rebalancing', 'restoring', 'running'] as const).find((one) => states.has(one))
    if (state !== undefined && this.#lifecycle.can(state)) this.#lifecycle.to(state)
  }
}
