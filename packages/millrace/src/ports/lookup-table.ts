import type { StartupFault } from '../errors/index.ts'
import type { Logger } from './logger.ts'

/** A declared static table to join with: a plain value; `open` makes the running one. */
export interface LookupTableSpec<Key, Row> {
  readonly kind: string
  /** What `describe()` and errors call it, e.g. `csv films.csv`. */
  readonly name: string
  open(logger: Logger): LookupTable<Key, Row>
}

/** Rows by key, in memory, read synchronously. */
export interface LookupTable<Key, Row> {
  /** Reads everything. Every fault at once; [] when all is well. */
  load(): Promise<readonly StartupFault[]>
  /** The rows of a key in the table's order; empty when there is none. The array must not be changed. */
  get(key: Key): readonly Row[]
  readonly size: number
  close(): void
}
