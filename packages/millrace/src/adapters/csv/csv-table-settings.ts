import type { CsvColumns } from './csv-column.ts'

/** The options of a CSV table, checked, with defaults filled in. */
export interface CsvTableSettings {
  readonly path: string
  readonly key: string
  readonly columns: CsvColumns
  readonly header: true | readonly string[]
  readonly onDuplicateKey: 'error' | 'first' | 'last' | 'fanOut'
  readonly delimiter: string
  /** How often to look for a change, ms; undefined: never. */
  readonly reloadEveryMs: number | undefined
}
