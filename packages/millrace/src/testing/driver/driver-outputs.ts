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
  /** Records that have to be processed, too, by topic: written to internal topics or to sources. */
  readonly #again = new Map<string, Written[]>()
  readonly #isRead: (topic: string) => boolean

  constructor(isRead: (topic: string) => boolean) {
    this.#isRead = isRead
  }

  add(record: Written): void {
    this.written.push(record)
    if (!this.#isRead(record.topic)) return
    const waiting = this.#again.get(record.topic)
    if (waiting === undefined) this.#again.set(record.topic, [record])
    else waiting.push(record)
  }

  /** Of the topics that have records, the one whose first is the earliest; among equals they take turns. */
  next(): Written | undefined {
    let earliest: Written[] | undefined
    for (const waiting of this.#again.values()) {
      if (earliest === undefined || waiting[0]!.timestamp < earliest[0]!.timestamp) earliest = waiting
    }
    const record = earliest?.shift()
    if (earliest === undefined || record === undefined) return undefined
    this.#again.delete(record.topic)
    if (earliest.length > 0) this.#again.set(record.topic, earliest)
    return record
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
