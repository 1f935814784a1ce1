import { type ChildProcess, fork } from 'node:child_process'
import { BenchmarkError } from './benchmark-error.ts'
import type { FromSide, InputOf, ResultOf, SideName, ToSide } from './sides.ts'

/** Beyond this a side hangs. */
const limitMs = 15 * 60_000

/** A side that runs until it is told to stop, or until it is done. */
export interface RunningSide<Result> {
  /** Resolves when the side says so, or is done. */
  readonly ready: Promise<void>
  readonly result: Promise<Result>
  /** Tells it to end, and gives its result. */
  stop(): Promise<Result>
}

/** Starts sides, each in a process of its own: heap, compiled code and CPU time are then of that side alone. */
export class Children {
  readonly #profileDir: string | undefined
  readonly #running = new Set<ChildProcess>()
  #interrupted = false

  constructor(profileDir?: string) {
    this.#profileDir = profileDir
  }

  /** Runs a side to its end. */
  run<Name extends SideName>(name: Name, input: InputOf<Name>): Promise<ResultOf<Name>> {
    return this.start(name, input).result
  }

  start<Name extends SideName>(name: Name, input: InputOf<Name>): RunningSide<ResultOf<Name>> {
    if (this.#interrupted) throw new BenchmarkError('interrupted')
    const child = fork(new URL('./child-main.js', import.meta.url), {
      execArgv: this.#profileDir === undefined ? [] : profilerFlags(this.#profileDir, name),
      // standard output is for the tables alone
      stdio: ['ignore', 2, 2, 'ipc'],
      // both are notes of kafkajs to its users: on its new partitioner, and on a timer of Node 24
      env: { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1', NODE_NO_WARNINGS: '1' },
    })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    child.send({ kind: 'start', name, input } satisfies ToSide)
    const { ready, result } = answersOf<ResultOf<Name>>(child, name)
    const stop = (): Promise<ResultOf<Name>> => {
      child.send({ kind: 'stop' } satisfies ToSide)
      return result
    }
    return { ready, result, stop }
  }

  /** Ends what runs; what waits for it rejects. */
  interrupt(): void {
    this.#interrupted = true
    for (const child of this.#running) child.kill('SIGKILL')
  }
}

function answersOf<Result>(
  child: ChildProcess,
  name: SideName,
): { readonly ready: Promise<void>; readonly result: Promise<Result> } {
  let isReady = (): void => {}
  const ready = new Promise<void>((resolve) => {
    isReady = resolve
  })
  const result = new Promise<Result>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new BenchmarkError(`${name} took longer than ${limitMs / 60_000} minutes`))
    }, limitMs)
    child.on('message', (message: FromSide) => {
      if (message.kind === 'ready') isReady()
      if (message.kind === 'result') resolve(message.result as Result)
      if (message.kind === 'failed') reject(new BenchmarkError(`${name} failed: ${message.reason}`))
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new BenchmarkError(`${name} ended with ${signal ?? `exit code ${code}`}`))
    })
  })
  const isReadyOrDone = Promise.race([ready, result.then(() => {})])
  // a failure reaches whoever waits for one of the two; the other is not an unhandled rejection
  result.catch(() => {})
  isReadyOrDone.catch(() => {})
  return { ready: isReadyOrDone, result }
}

function profilerFlags(dir: string, name: SideName): string[] {
  return ['--cpu-prof', '--cpu-prof-dir', dir, '--cpu-prof-name', `${name}-${Date.now()}.cpuprofile`]
}
