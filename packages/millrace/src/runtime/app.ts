import { Observable } from 'rxjs'
import type { EmbeddedServer } from '../adapters/embedded/index.ts'
import type { CompiledTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import { type AppMetrics, readMetrics } from './app-metrics.ts'
import { asStreamsError } from './as-streams-error.ts'
import { caughtUp } from './caught-up.ts'
import type { GlobalTables } from './global-tables.ts'
import type { Instance, InstanceEvent } from './instance.ts'
import { InstanceFactory } from './instance-factory.ts'
import { type AppState, Lifecycle } from './lifecycle.ts'
import { MetricsRegistry } from './metrics-registry.ts'
import type { QueryableStore } from './queries/queryable-store.ts'
import { type KeyLocation, StoreQueries } from './queries/store-queries.ts'
import type { Resources } from './resources.ts'
import type { FilledRunOptions } from './run-options.ts'
import { StateCleaner } from './state-cleaner.ts'
import type { TaskRunner } from './task-runner.ts'
import { whenSignalled } from './when-signalled.ts'

const metricsEveryMs = 1_000

/** The tasks that run in this process; for simulations, which look into their stores. */
export let runnersOf: (app: App) => readonly TaskRunner[]

/** A running topology. */
export class App {
  static {
    runnersOf = (app) => app.#runners
  }

  readonly applicationId: string
  /** The present state, then every change. Completes at the end. */
  readonly state$: Observable<AppState>
  /** A reading a second, from the subscription on. Completes at the end. */
  readonly metrics$: Observable<AppMetrics>
  /** Resolves when the app has closed. Rejects with the error if it failed: nothing stops silently. */
  readonly closed: Promise<void>
  /** The broker and tables it runs on, when they are embedded. */
  readonly embedded: EmbeddedServer | undefined
  readonly #lifecycle = new Lifecycle()
  readonly #registry = new MetricsRegistry()
  readonly #resources: Resources
  readonly #options: FilledRunOptions
  readonly #topology: CompiledTopology
  readonly #instances: readonly Instance[]
  readonly #globalTables: GlobalTables
  readonly #queries: StoreQueries
  readonly #cleaner: StateCleaner
  readonly #settled = deferred()
  /** Resolves when `closed` settles. */
  readonly #over = deferred()
  #isStarting = false
  #ending: Promise<void> | undefined
  #forgetSignals: () => void = () => {}

  constructor(
    applicationId: string,
    topology: CompiledTopology,
    resources: Resources,
    partitionCounts: ReadonlyMap<string, number>,
    options: FilledRunOptions,
  ) {
    this.applicationId = applicationId
    this.embedded = resources.embedded
    this.state$ = this.#lifecycle.state$
    this.closed = this.#settled.promise
    this.#resources = resources
    this.#options = options
    this.#topology = topology
    const factory = new InstanceFactory({
      applicationId,
      topology,
      resources,
      partitionCounts,
      options,
      metrics: this.#registry,
      onFailed: (error) => this.#fail(error),
      requestCommit: () => this.#requestCommit(),
    })
    this.#globalTables = factory.globalTables
    this.#instances = Array.from({ length: options.instances }, () => factory.create())
    for (const instance of this.#instances) instance.events$.subscribe((event) => this.#on(event))
    this.#cleaner = new StateCleaner(
      { stateFolder: options.stateFolder, applicationId },
      resources.clock,
      resources.logger,
      () => this.#runners.map(({ id }) => id),
    )
    this.#queries = new StoreQueries({
      topology,
      partitionCounts,
      runners: () => this.#runners,
      group: () => this.#instances[0]!.group,
      globalStores: () => this.#globalTables.stores,
    })
    this.metrics$ = this.#readings()
  }

  get state(): AppState {
    return this.#lifecycle.state
  }

  /** Joins the group; `run()` has done it. Closes everything when that fails. */
  async start(): Promise<void> {
    this.#lifecycle.to('starting')
    this.#isStarting = true
    try {
      await this.#globalTables.start()
      // an app that has ended meanwhile does not wait for members that may never join
      await Promise.race([Promise.all(this.#instances.map((instance) => instance.start())), this.#over.promise])
      if (this.#ending !== undefined) throw closedWhileStarting(this.applicationId)
      this.#isStarting = false
      this.#cleaner.start()
    } catch (thrown) {
      this.closed.catch(() => {})
      this.#ending ??= this.#end(asStreamsError(thrown))
      await this.#ending
      await this.closed
      throw closedWhileStarting(this.applicationId)
    }
  }

  /** All counters and tasks, now. */
  metrics(): AppMetrics {
    const standbys = this.#instances.flatMap((instance) => instance.standbys)
    return readMetrics(this.state, this.#resources.clock.nowMs(), this.#registry, this.#runners, standbys)
  }

  /**
   * Reads of the state that this process has, by the name of the store (`{ store: 'hourly' }`). Values come without their
   * timestamps. Throws STORE_UNKNOWN.
   */
  store<K = unknown, V = unknown>(name: string): QueryableStore<K, V> {
    return this.#queries.store(name)
  }

  /**
   * Which process has a key of a store: through what members told each other at the last assignment. Keys are taken to
   * be partitioned by the hash of their bytes, as producers do by default. Throws STORE_UNKNOWN.
   */
  locate(storeName: string, key: unknown): KeyLocation {
    return this.#queries.locate(storeName, key)
  }

  /**
   * Resolves when everything that stood in the source topics at the call is processed, its rows and outputs are
   * acknowledged and its offsets are committed, by this instance or others. Rejects if the app ends before that.
   */
  async caughtUp(): Promise<void> {
    this.closed.catch(() => {})
    const { admin } = this.#resources.transport
    const commit = (): Promise<unknown> => Promise.all(this.#instances.map((instance) => instance.commit()))
    await caughtUp(this.applicationId, this.#topology, admin, commit, this.#resources.clock, () => this.#checkAlive())
  }

  /**
   * Ends the micro-batches under way, flushes, commits and leaves the group. Idempotent. Rejects with CLOSE_TIMED_OUT
   * when that takes longer than `closeTimeout`; what was not committed is read again at the next start.
   */
  close(): Promise<void> {
    this.closed.catch(() => {}) // told here
    this.#ending ??= this.#end(undefined)
    return this.#ending
  }

  /** Lets SIGTERM and SIGINT close the app; the same signal a second time ends the process at once. */
  closeOnSignals(): void {
    this.#forgetSignals = whenSignalled((signal) => {
      this.#resources.logger.info({ signal }, 'Closing')
      this.#ending ??= this.#end(undefined)
      this.#ending.catch(() => {}) // told by `closed`
    })
  }

  get #runners(): readonly TaskRunner[] {
    return this.#instances.flatMap((instance) => instance.runners)
  }

  #requestCommit(): void {
    for (const instance of this.#instances) {
      instance.commit().catch((thrown: unknown) => this.#fail(asStreamsError(thrown)))
    }
  }

  /** The app is as far as the one of its members that is furthest behind. */
  #on(event: InstanceEvent): void {
    if (event.kind === 'failed') return this.#fail(event.error)
    const states = new Set(this.#instances.map((instance) => instance.state))
    if (states.has('joining')) return
    const state = (['rebalancing', 'restoring', 'running'] as const).find((one) => states.has(one))!
    if (this.#lifecycle.can(state)) this.#lifecycle.to(state)
  }

  #fail(error: StreamsError): void {
    if (this.#ending !== undefined) return
    this.#resources.logger.error({ code: error.code, ...error.context, error }, error.message)
    this.#ending = this.#end(error)
    this.#ending.catch(() => {})
  }

  async #end(failure: StreamsError | undefined): Promise<void> {
    this.#lifecycle.to(failure === undefined ? 'closing' : 'failed')
    this.#cleaner.stop()
    const closingFailed = await this.#withinTimeout(this.#shutDown())
    this.#forgetSignals()
    const error = failure ?? closingFailed
    if (error === undefined) {
      this.#lifecycle.to('closed')
      this.#settled.resolve()
      this.#over.resolve()
      return
    }
    if (this.#lifecycle.can('failed')) this.#lifecycle.to('failed')
    if (this.#isStarting) this.closed.catch(() => {}) // told by start()
    this.#settled.reject(error)
    this.#over.resolve()
    if (failure === undefined) throw error
  }

  /** Every part is closed, whatever becomes of the others; gives what went wrong first. */
  async #shutDown(): Promise<StreamsError | undefined> {
    const outcomes = [
      ...(await Promise.allSettled(this.#instances.map((instance) => instance.close()))),
      ...(await Promise.allSettled([this.#globalTables.close()])),
      ...(await Promise.allSettled([this.#resources.close()])),
    ]
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    return failed === undefined ? undefined : asStreamsError(failed.reason)
  }

  async #withinTimeout(work: Promise<StreamsError | undefined>): Promise<StreamsError | undefined> {
    const { clock } = this.#resources
    const { closeTimeoutMs } = this.#options
    let cancel = (): void => {}
    const timeout = new Promise<StreamsError>((resolve) => {
      cancel = clock.schedule(closeTimeoutMs, () => {
        for (const instance of this.#instances) instance.abandon()
        resolve(closeTimedOut(closeTimeoutMs))
      })
    })
    try {
      return await Promise.race([work, timeout])
    } finally {
      cancel()
    }
  }

  #checkAlive(): void {
    if (this.#ending === undefined) return
    throw new StreamsError({
      code: 'LIFECYCLE_INVALID',
      what: `App '${this.applicationId}' is ${this.state} and will not catch up`,
      hint: 'Await app.closed: it rejects with the reason if the app failed.',
    })
  }

  #readings(): Observable<AppMetrics> {
    return new Observable((subscriber) => {
      let cancel = (): void => {}
      const read = (): void => {
        subscriber.next(this.metrics())
        cancel = this.#resources.clock.schedule(metricsEveryMs, read)
      }
      const states = this.state$.subscribe({
        complete: () => {
          subscriber.next(this.metrics())
          subscriber.complete()
        },
      })
      if (!subscriber.closed) read()
      return () => {
        cancel()
        states.unsubscribe()
      }
    })
  }
}

interface Deferred {
  readonly promise: Promise<void>
  resolve(): void
  reject(reason: unknown): void
}

function deferred(): Deferred {
  let resolve: () => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

function closedWhileStarting(applicationId: string): StreamsError {
  return new StreamsError({
    code: 'LIFECYCLE_INVALID',
    what: `App '${applicationId}' was closed while it started`,
    hint: 'Start a new app with run().',
  })
}

function closeTimedOut(closeTimeoutMs: number): StreamsError {
  return new StreamsError({
    code: 'CLOSE_TIMED_OUT',
    what: `Closing took longer than ${closeTimeoutMs} ms`,
    hint: 'A server may be down; what was not committed is read again at the next start.',
  })
}
