import { StreamsError } from '../errors/index.ts'
import type { SinkListener, SinkWriter, TableStore } from '../ports/index.ts'

/** Tables that keep rows in memory and acknowledge them when the test lets them. */
export class ScriptedTables implements TableStore {
  readonly kind: string = 'scripted'
  /** Awaited by every flush before its rows count as written. */
  beforeFlush: () => Promise<void> = () => Promise.resolve()
  isFull: boolean = false
  readonly written: object[] = []
  readonly listeners: SinkListener[] = []
  abortedWriters: number = 0
  closedSinks: number = 0
  #makeRoom: (() => void)[] = []

  sink(): ReturnType<TableStore['sink']> {
    return {
      open: () => Promise.resolve(),
      check: () => Promise.resolve([]),
      writer: (listener) => {
        this.listeners.push(listener)
        return this.#writer()
      },
      close: () => {
        this.closedSinks++
        return Promise.resolve()
      },
    }
  }

  reader(): ReturnType<TableStore['reader']> {
    return {
      rows: () => Promise.resolve([]),
      aggregate: () => Promise.resolve(0),
      sample: () => Promise.resolve([]),
      count: () => Promise.resolve(this.written.length),
      close: () => Promise.resolve(),
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Lets writers take rows again. */
  drain(): void {
    this.isFull = false
    for (const wake of this.#makeRoom.splice(0)) wake()
  }

  #writer(): SinkWriter {
    const pending: object[] = []
    let abort = (_reason: StreamsError): void => {}
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = reject
    })
    aborted.catch(() => {})
    const isFull = (): boolean => this.isFull
    const writtenRows = (): number => this.written.length
    return {
      write: (row) => void pending.push(row),
      get pendingRows() {
        return pending.length
      },
      pendingBytes: 0,
      get isFull() {
        return isFull()
      },
      drained: () =>
        Promise.race([
          aborted,
          new Promise<void>((resolve) => {
            this.#makeRoom.push(resolve)
          }),
        ]),
      flush: async () => {
        const count = pending.length
        await Promise.race([aborted, this.beforeFlush()])
        this.written.push(...pending.splice(0, count))
      },
      abort: () => {
        abort(new StreamsError({ code: 'SINK_CLOSED', what: 'The writer gave up', hint: 'Nothing: its task is lost.' }))
        this.abortedWriters++
      },
      get stats() {
        return { writtenRows: writtenRows(), rejectedRows: 0, supersededRows: 0, requests: 0, retries: 0 }
      },
    }
  }
}
