import type { CsvColumns } from './csv-column.ts'
import type { FaultList } from './fault-list.ts'

/** Where in a record the key and the declared columns stand. */
export interface CsvLayout {
  readonly fieldCount: number
  readonly keyIndex: number
  readonly columns: readonly CsvLayoutColumn[]
}

interface CsvLayoutColumn {
  readonly name: string
  /** The name in the file. */
  readonly from: string
  readonly index: number
}

interface Wanted {
  readonly key: string
  readonly columns: CsvColumns
}

/** Finds the declared columns among the names of a header; undefined, with faults added, if one is not there once. */
export function layoutOf(
  names: readonly string[],
  wanted: Wanted,
  line: number,
  faults: FaultList,
): CsvLayout | undefined {
  const before = faults.count
  const columns = Object.entries(wanted.columns).map(([name, column]) => ({ name, from: column.from ?? name }))
  const used = new Set([wanted.key, ...columns.map(({ from }) => from)])
  const found = [...used].some((name) => names.includes(name))
  for (const name of used) {
    const count = names.filter((other) => other === name).length
    if (count === 0) faults.add('CSV_HEADER', line, `column '${name}' is missing`, hintFor(name, names, found))
    if (count > 1) faults.add('CSV_HEADER', line, `column '${name}' stands there ${count} times`, 'Rename all but one.')
  }
  if (faults.count > before) return undefined
  return {
    fieldCount: names.length,
    keyIndex: names.indexOf(wanted.key),
    columns: columns.map((column) => ({ ...column, index: names.indexOf(column.from) })),
  }
}

function hintFor(name: string, names: readonly string[], isAnyFound: boolean): string {
  const plain = (text: string): string => text.trim().toLowerCase()
  const similar = names.find((other) => plain(other) === plain(name))
  if (similar !== undefined) return `The header has '${similar}': case and spaces count.`
  const shown = names.slice(0, 20).map((other) => `'${other}'`)
  const list = `The first line has ${shown.join(', ')}${names.length > 20 ? ' …' : ''}.`
  return isAnyFound ? list : `${list} If the file has no header, give the names with header: [...].`
}
