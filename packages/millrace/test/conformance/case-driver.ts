import type { CaseRecord } from './case.ts'

/** What a case needs of the thing that it runs on: keys and values are text here, whatever the topology makes of them. */
export interface CaseDriver {
  send(record: CaseRecord): void
  advance(byMs: number): void
  /** Everything written to topics so far, in order. */
  outputs(): readonly CaseRecord[]
  /** Records that operations have left out so far. */
  dropped(): number
  /** A running store. */
  store(name: string): unknown
}
