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
  /** Records that have to be processed, too: written to internal topics or to sources. */
  readonly #again: Written[] = []
  readonly #isRead: (topic: string) => boolean

  constructor(isRead: (topic: string) => boolean) {
    this.#isRead = isRead
  }

  add(record: Written): void {
    this.written.push(record)
    if (this.#isRead(record.topic)) this.#again.push(record)
  }

  next(): Written | undefined {
    return this.#again.shift()
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
