import { fitted, printable, textWidth } from './text-width.ts'

export interface TextTableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Never shortened. */
  readonly isFixed?: boolean
}

export interface TextTable {
  readonly columns: readonly TextTableColumn[]
  readonly rows: readonly (readonly string[])[]
}

const gap = '  '
const narrowest = 6

/** The lines of a table: a header, a rule and the rows. The widest columns give way where it would not fit. */
export function textTable(table: TextTable, maxWidth: number): readonly string[] {
  const rows = table.rows.map((row) => row.map(printable))
  const widths = fittedWidths(table.columns, naturalWidths(table.columns, rows), maxWidth)
  const line = (cells: readonly string[]) =>
    table.columns
      .map((column, index) => aligned(cells[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join(gap)
      .trimEnd()
  return [
    line(table.columns.map((column) => column.title)),
    widths.map((width) => '─'.repeat(width)).join(gap),
    ...rows.map(line),
  ]
}

function naturalWidths(columns: readonly TextTableColumn[], rows: readonly (readonly string[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce((width, row) => Math.max(width, textWidth(row[index] ?? '')), textWidth(column.title)),
  )
}

function fittedWidths(
  columns: readonly TextTableColumn[],
  natural: readonly number[],
  maxWidth: number,
): readonly number[] {
  const widths = [...natural]
  const canGive = (index: number): number => (columns[index]?.isFixed === true ? 0 : (widths[index] ?? 0))
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - maxWidth
  while (excess > 0) {
    const widest = widths.reduce((found, _, index) => (canGive(index) > canGive(found) ? index : found), 0)
    if (canGive(widest) <= narrowest) break
    widths[widest] = canGive(widest) - 1
    excess -= 1
  }
  return widths
}

function aligned(text: string, width: number, align: 'left' | 'right'): string {
  const cell = fitted(text, width)
  const space = ' '.repeat(Math.max(0, width - textWidth(cell)))
  return align === 'left' ? cell + space : space + cell
}
