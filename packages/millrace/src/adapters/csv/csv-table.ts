import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StreamsError } from '../../errors/index.ts'
import type { LookupTableSpec } from '../../ports/lookup-table.ts'
import type { CsvColumns, CsvRow } from './csv-column.ts'
import { CsvLookupTable } from './csv-lookup-table.ts'
import type { CsvTableSettings } from './csv-table-settings.ts'

export interface CsvTableOptions<C extends CsvColumns> {
  /** The column, as the file names it, whose text is the key: as it stands there, neither trimmed nor re-cased. */
  readonly key: string
  /** The columns to keep, by their name in the row. The key is kept only if it is declared too. */
  readonly columns: C
  /** `true`: the first line names the columns. Else their names, in order, for a file without header. Default true. */
  readonly header?: true | readonly string[]
  /**
   * What to do when a key stands there twice: refuse the file, keep the first or the last row (reported in the log), or
   * keep all, so that a join gives a row for each. Default 'error'.
   */
  readonly onDuplicateKey?: 'error' | 'first' | 'last' | 'fanOut'
  /** One character. Default `,`. */
  readonly delimiter?: string
  /**
   * Read the file again when it changes; `everyMs` says how often to look, default 1,000. A file with faults is
   * reported and the old rows stay. Replace the file by renaming: one that is written in place may be read half.
   */
  readonly reload?: boolean | { readonly everyMs: number }
}

/**
 * A static table from a CSV file in UTF-8, read whole into memory at start. Faults of the file (FILE_UNREADABLE,
 * CSV_HEADER, CSV_VALUE, CSV_KEY) are found by the start-up check, all at once, with line and column. Throws
 * OPTION_INVALID.
 */
export function csvTable<const C extends CsvColumns>(
  file: string | URL,
  options: CsvTableOptions<C>,
): LookupTableSpec<string, CsvRow<C>> {
  const settings = settingsOf(file, options)
  return {
    kind: 'csv-table',
    name: `csv ${basename(settings.path)}`,
    open: (logger) => new CsvLookupTable<CsvRow<C>>(settings, logger),
  }
}

function settingsOf(file: string | URL, options: CsvTableOptions<CsvColumns>): CsvTableSettings {
  const { key, columns, header = true, onDuplicateKey = 'error', delimiter = ',', reload = false } = options
  if (file instanceof URL && file.protocol !== 'file:') throw invalid(`the URL ${file.href} is not a file`)
  const path = file instanceof URL ? fileURLToPath(file) : file
  if (path === '') throw invalid('the file has no name')
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw invalid(`delimiter ${JSON.stringify(delimiter)} is not one character other than quote and line break`)
  }
  if (!['error', 'first', 'last', 'fanOut'].includes(onDuplicateKey)) {
    throw invalid(`onDuplicateKey '${onDuplicateKey as string}' is none of 'error', 'first', 'last', 'fanOut'`)
  }
  if (header !== true) checkNames(header, key, columns)
  return { path, key, columns, header, onDuplicateKey, delimiter, reloadEveryMs: reloadEveryMs(reload) }
}

function checkNames(header: readonly string[], key: string, columns: CsvColumns): void {
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice !== undefined) throw invalid(`header names '${twice}' twice`)
  const used = [key, ...Object.entries(columns).map(([name, column]) => column.from ?? name)]
  const missing = used.find((name) => !header.includes(name))
  if (missing !== undefined) throw invalid(`header does not name '${missing}'`)
}

function reloadEveryMs(reload: boolean | { readonly everyMs: number }): number | undefined {
  if (typeof reload === 'boolean') return reload ? 1_000 : undefined
  if (Number.isFinite(reload.everyMs) && reload.everyMs > 0) return reload.everyMs
  throw invalid(`reload.everyMs ${reload.everyMs} is not a number above 0`)
}

function invalid(what: string): StreamsError {
  return new StreamsError({
    code: 'OPTION_INVALID',
    what: `csvTable: ${what}`,
    hint: 'Mend the options of csvTable().',
  })
}
