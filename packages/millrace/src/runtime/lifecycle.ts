import { BehaviorSubject, type Observable } from 'rxjs'
import { StreamsError } from '../errors/index.ts'

/**
 * The states of an app.
 *
 *   created → starting → restoring → running ⇄ rebalancing → restoring
 *                │           │          │           │
 *                └───────────┴──────────┴───────────┴──→ closing → closed
 *   restoring: some task's stores are being read from its changelogs; the other tasks process. Left out if nothing is.
 *   failed: from anywhere but closed
 */
export type AppState =
  | 'created'
  | 'starting'
  | 'restoring'
  | 'running'
  | 'rebalancing'
  | 'closing'
  | 'closed'
  | 'failed'

const next: Readonly<Record<AppState, readonly AppState[]>> = {
  created: ['starting', 'failed'],
  starting: ['restoring', 'running', 'rebalancing', 'closing', 'failed'],
  restoring: ['running', 'rebalancing', 'closing', 'failed'],
  running: ['restoring', 'rebalancing', 'closing', 'failed'],
  rebalancing: ['restoring', 'running', 'closing', 'failed'],
  closing: ['closed', 'failed'],
  closed: [],
  failed: [],
}

/** Holds the state; the only place where it changes. */
export class Lifecycle {
  readonly #state = new BehaviorSubject<AppState>('created')

  /** The present state, then every change; completes after `closed` or `failed`. */
  readonly state$: Observable<AppState> = this.#state.asObservable()

  get state(): AppState {
    return this.#state.value
  }

  /** Throws LIFECYCLE_INVALID for a change that the table does not have. The same state again is no change. */
  to(state: AppState): void {
    const from = this.#state.value
    if (from === state) return
    if (!next[from].includes(state)) {
      throw new StreamsError({
        code: 'LIFECYCLE_INVALID',
        what: `An app that is ${from} cannot become ${state}`,
        hint: 'Start a new app with run().',
      })
    }
    this.#state.next(state)
    if (next[state].length === 0) this.#state.complete()
  }

  can(state: AppState): boolean {
    return next[this.#state.value].includes(state)
  }
}
