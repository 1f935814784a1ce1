import type { RecordHeaders } from '../../ports/index.ts'

/** A record on a topic of the driver. */
export interface Written {
  readonly topic: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/** What the tasks of a driver have written. */
export class DriverOutputs {
  readonly written: Written[] = []
  readonly #rows = new Map<string, object[]>()
  /** How many of `written` have been handed out by `takeNew`. */
  #taken = 0

  add(record: Written): void {
    this.written.push(record)
  }

  /** What has been written since the last call, in its order. */
  takeNew(): readonly Written[] {
    const fresh = this.written.slice(this.#taken)
    this.#taken = this.written.length
    return fresh
  }

  rows(table: string): object[] {
    let rows = this.#rows.get(table)
    if (rows === undefined) {
      rows = []
      this.#rows.set(table, rows)
    }
    return rows
  }
}
