import { isUtf8 } from 'node:buffer'
import { messageOf } from '../../errors/index.ts'
import { unreadable } from './csv-column.ts'
import { layoutOf, type CsvLayout } from './csv-header.ts'
import { csvRecords, type CsvRecord } from './csv-records.ts'
import type { CsvTableSettings } from './csv-table-settings.ts'
import type { FaultList } from './fault-list.ts'
import { findQuotingFault } from './quoting-fault.ts'

export type Row = Readonly<Record<string, unknown>>

/** What a file holds. */
export interface CsvRows {
  readonly byKey: ReadonlyMap<string, readonly Row[]>
  readonly rowCount: number
  /** Keys that stand in the file more than once, with the lines; the first hundred. */
  readonly duplicates: ReadonlyMap<string, readonly number[]>
  readonly duplicateCount: number
}

const keptDuplicates = 100

/** Reads a whole file. What is wrong with it is added to `faults`; then the rows are incomplete and not to be used. */
export async function readCsvRows(bytes: Buffer, settings: CsvTableSettings, faults: FaultList): Promise<CsvRows> {
  const builder = new RowsBuilder(settings, faults)
  if (!isUtf8(bytes)) {
    faults.add('CSV_VALUE', firstLineNotUtf8(bytes), 'the bytes are not UTF-8', 'Save the file as UTF-8.')
    return builder.rows()
  }
  try {
    for await (const record of csvRecords(bytes, settings.delimiter)) {
      if (!builder.add(record)) return builder.rows()
    }
    builder.end()
  } catch (thrown) {
    const broken = findQuotingFault(bytes.toString('utf8'), settings.delimiter)
    const hint = 'Quote the whole field and write quotes within it twice.'
    faults.add('CSV_VALUE', broken?.line, broken?.what ?? messageOf(thrown), hint)
  }
  return builder.rows()
}

class RowsBuilder {
  readonly #settings: CsvTableSettings
  readonly #faults: FaultList
  readonly #byKey = new Map<string, Row[]>()
  readonly #firstLines = new Map<string, number>()
  readonly #duplicates = new Map<string, number[]>()
  readonly #duplicateKeys = new Set<string>()
  #rowCount = 0
  #layout: CsvLayout | undefined

  constructor(settings: CsvTableSettings, faults: FaultList) {
    this.#settings = settings
    this.#faults = faults
    if (settings.header !== true) this.#layout = layoutOf(settings.header, settings, 1, faults)
  }

  /** False when the records cannot be understood, because their header cannot. */
  add(record: CsvRecord): boolean {
    if (this.#layout === undefined) {
      this.#layout = layoutOf(record.fields, this.#settings, record.line, this.#faults)
      return this.#layout !== undefined
    }
    if (this.#rowCount === 0 && this.#isUndeclaredHeader(record)) return true
    this.#addRow(record, this.#layout)
    return true
  }

  end(): void {
    if (this.#layout !== undefined) return
    this.#faults.add('CSV_HEADER', undefined, 'the file is empty', 'Its first line must name the columns.')
  }

  rows(): CsvRows {
    return {
      byKey: this.#byKey,
      rowCount: this.#rowCount,
      duplicates: this.#duplicates,
      duplicateCount: this.#duplicateKeys.size,
    }
  }

  #isUndeclaredHeader({ fields, line }: CsvRecord): boolean {
    const { header } = this.#settings
    if (header === true || line > 1 || header.length !== fields.length) return false
    if (!header.every((name, index) => name === fields[index])) return false
    this.#faults.add('CSV_HEADER', line, 'the first line is a header, not a row', 'Leave the option header out.')
    return true
  }

  #addRow({ fields, line }: CsvRecord, layout: CsvLayout): void {
    if (fields.length !== layout.fieldCount) {
      const what = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'} instead of ${layout.fieldCount}`
      this.#faults.add('CSV_VALUE', line, what, 'Quote fields that hold the delimiter, and fill up short lines.')
      return
    }
    const row = this.#readRow(fields, line, layout)
    const key = fields[layout.keyIndex]!
    if (key === '') {
      const hint = 'Give the row a key or take it out.'
      this.#faults.add('CSV_KEY', line, `column '${this.#settings.key}', the key, is empty`, hint)
      return
    }
    this.#rowCount++
    const rows = this.#byKey.get(key)
    if (rows === undefined) {
      this.#byKey.set(key, [row])
      this.#firstLines.set(key, line)
    } else {
      this.#addDuplicate(key, rows, row, line)
    }
  }

  #readRow(fields: readonly string[], line: number, layout: CsvLayout): Row {
    const row: Record<string, unknown> = {}
    for (const { name, from, index } of layout.columns) {
      const column = this.#settings.columns[name]!
      const value = column.read(fields[index]!)
      if (value === unreadable) {
        const empty = fields[index] === ''
        const what = `column '${from}': ${empty ? 'is empty' : `${quoted(fields[index]!)} is not ${column.expected}`}`
        const hint = `Mend the value${empty ? ", or declare the column with empty: 'undefined'" : ' or the column type'}.`
        this.#faults.add('CSV_VALUE', line, what, hint)
      } else {
        row[name] = value
      }
    }
    return row
  }

  #addDuplicate(key: string, rows: Row[], row: Row, line: number): void {
    this.#duplicateKeys.add(key)
    const firstLine = this.#firstLines.get(key)!
    const lines = this.#duplicates.get(key)
    if (lines !== undefined) lines.push(line)
    else if (this.#duplicates.size < keptDuplicates) this.#duplicates.set(key, [firstLine, line])
    const policy = this.#settings.onDuplicateKey
    if (policy === 'fanOut') {
      rows.push(row)
      return
    }
    this.#rowCount--
    if (policy === 'last') rows[0] = row
    if (policy === 'error') {
      const what = `column '${this.#settings.key}', the key: ${quoted(key)} stands in line ${firstLine} already`
      this.#faults.add('CSV_KEY', line, what, "Take one out, or set onDuplicateKey to 'first', 'last' or 'fanOut'.")
    }
  }
}

/** A field as errors show it: cut, and with the spaces visible that look like others or like nothing. */
function quoted(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  return shown.replace(
    /[^\S ]|[\u200b-\u200f\u2060]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function firstLineNotUtf8(bytes: Buffer): number {
  let from = 0
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, from)
    if (end === -1 || !isUtf8(bytes.subarray(from, end))) return line
    from = end + 1
  }
}
