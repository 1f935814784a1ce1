import { Worker } from 'node:worker_threads'
import type { AppState } from '../lifecycle.ts'
import type { CounterReading } from '../metrics-registry.ts'
import { type FromThread, readError, type ThreadData, type ToThread, writeError } from './thread-messages.ts'

interface Waiting {
  readonly resolve: (counters: readonly CounterReading[]) => void
  readonly reject: (error: unknown) => void
}

/** One worker thread with one app in it. */
export class AppThread {
  readonly #worker: Worker
  readonly #answers = new Map<number, Waiting>()
  readonly #onState: () => void
  #started: { resolve(): void; reject(error: unknown): void } | undefined
  #closed: { resolve(): void; reject(error: unknown): void } | undefined
  #nextId = 0
  state: AppState = 'starting'
  /** Resolves when it reads. */
  readonly started: Promise<void>
  /** Resolves when the app in it has closed; rejects if it failed, or the thread died. */
  readonly closed: Promise<void>

  constructor(data: ThreadData, onState: () => void) {
    this.#onState = onState
    this.started = new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
    })
    this.closed = new Promise((resolve, reject) => {
      this.#closed = { resolve, reject }
    })
    this.started.catch(() => {}) // told by `closed` as well
    this.closed.catch(() => {})
    this.#worker = new Worker(new URL('./thread-worker.js', import.meta.url), { workerData: data })
    this.#worker.on('message', (message: FromThread) => this.#on(message))
    this.#worker.on('error', (error) => this.#end(readError(writeError(error))))
    this.#worker.on('exit', () =>
      this.#end(
        readError({
          code: 'THREAD_FAILED',
          what: 'A thread ended by itself',
          hint: 'See its log; run() can be called again.',
          retriable: false,
          context: {},
        }),
      ),
    )
  }

  close(): void {
    this.#tell({ kind: 'close' })
  }

  ask(kind: 'caught-up' | 'counters'): Promise<readonly CounterReading[]> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject })
      this.#tell({ kind, id })
    })
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  #on(message: FromThread): void {
    if (message.kind === 'state') {
      this.state = message.state
      this.#onState()
    } else if (message.kind === 'started') this.#started?.resolve()
    else if (message.kind === 'closed') this.#end(message.error === undefined ? undefined : readError(message.error))
    else {
      const waiting = this.#answers.get(message.id)
      this.#answers.delete(message.id)
      if (message.error === undefined) waiting?.resolve(message.counters ?? [])
      else waiting?.reject(readError(message.error))
    }
  }

  /** The first end counts. */
  #end(error: Error | undefined): void {
    if (error === undefined) this.#closed?.resolve()
    else {
      this.#started?.reject(error)
      this.#closed?.reject(error)
      for (const { reject } of this.#answers.values()) reject(error)
    }
    this.#answers.clear()
    this.#started = undefined
    this.#closed = undefined
  }
}
