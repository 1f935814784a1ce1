import { StreamsError } from '../../errors/index.ts'
import type {
  Clock,
  RecordOrigin,
  Sink,
  SinkListener,
  SinkStats,
  SinkWriter,
  TableSinkOptions,
  TableSpec,
  TableStore,
} from '../../ports/index.ts'
import type { Faults } from './faults.ts'
import type { Life } from './life.ts'
import type { Random } from './random.ts'

export interface MortalTablesParts {
  readonly real: TableStore
  readonly life: Life
  readonly clock: Clock
  readonly random: Random
  readonly faults: Faults
}

/** Tables on a server that is slow and fails: rows are on their way for a while, and survive the process that sent them. */
export function mortalTables(parts: MortalTablesParts): TableStore {
  const { real } = parts
  return {
    kind: real.kind,
    sink: (table: TableSpec, options: TableSinkOptions) => mortalSink(real.sink(table, options), options, parts),
    reader: (table) => real.reader(table),
    close: () => Promise.resolve(),
  }
}

function mortalSink(real: Sink, options: TableSinkOptions, parts: MortalTablesParts): Sink {
  return {
    open: () => real.open(),
    check: () => real.check(),
    writer: (listener) => new MortalWriter(real.writer(listener), listener, options, parts),
    close: () => Promise.resolve(),
  }
}

interface Row {
  readonly row: object
  readonly timestamp: number
  readonly origin: RecordOrigin
}

const highMark = 40

class MortalWriter implements SinkWriter {
  readonly #real: SinkWriter
  readonly #options: TableSinkOptions
  readonly #parts: MortalTablesParts
  #waiting: Row[] = []
  #inFlight: readonly Row[] = []
  #sending: Promise<void> | undefined
  #stopped: StreamsError | undefined

  constructor(real: SinkWriter, _listener: SinkListener, options: TableSinkOptions, parts: MortalTablesParts) {
    this.#real = real
    this.#options = options
    this.#parts = parts
  }

  get stats(): SinkStats {
    return this.#real.stats
  }

  get pendingRows(): number {
    return this.#waiting.length + this.#inFlight.length
  }

  get pendingBytes(): number {
    return this.pendingRows * 100
  }

  get isFull(): boolean {
    return this.pendingRows >= highMark
  }

  write(row: object, timestamp: number, origin: RecordOrigin): void {
    if (this.#stopped !== undefined) throw this.#stopped
    this.#waiting.push({ row, timestamp, origin })
    if (this.#waiting.length === 1)
      this.#parts.clock.schedule(Math.min(1_000, this.#options.everyMs), () => this.#kick())
  }

  async drained(): Promise<void> {
    while (this.isFull) await this.#send()
  }

  async flush(): Promise<void> {
    await this.#parts.life.through('flush of a sink', async () => {
      while (this.pendingRows > 0) await this.#send()
      if (this.#stopped !== undefined) throw this.#stopped
    })
  }

  abort(): void {
    this.#stopped ??= closed()
    this.#waiting = []
  }

  #kick(): void {
    this.#send().catch(() => {})
  }

  #send(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped)
    if (this.#parts.life.isOver) return new Promise(() => {})
    this.#sending ??= this.#sendRows().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  /** One request, again until it is answered. What is on its way arrives, whatever becomes of the process. */
  async #sendRows(): Promise<void> {
    const { clock, random, faults } = this.#parts
    const count = random.between(1, Math.max(1, this.#waiting.length))
    this.#inFlight = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    for (;;) {
      await sleep(clock, faults.meets('slowSink', 0.2) ? random.between(100, 4_000) : random.between(0, 3))
      const isRefused = faults.meets('failingSink', 0.1)
      if (!isRefused) await this.#apply()
      if (!isRefused && !faults.meets('failingSink', 0.1)) break
      if (this.#stopped !== undefined || this.#parts.life.isOver) break
      await sleep(clock, 100)
    }
    this.#inFlight = []
    if (this.#stopped !== undefined) throw this.#stopped
  }

  async #apply(): Promise<void> {
    for (const { row, timestamp, origin } of this.#inFlight) this.#real.write(row, timestamp, origin)
    await this.#real.flush()
  }
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve)
  })
}

function closed(): StreamsError {
  return new StreamsError({
    code: 'SINK_CLOSED',
    what: 'A task gave its sink up',
    hint: 'What was not acknowledged is read again by whoever owns the partition next.',
  })
}
