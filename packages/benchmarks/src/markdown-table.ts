export interface Column {
  readonly title: string
  /** Default: text to the left. */
  readonly align?: 'left' | 'right'
}

/** A Markdown table whose columns also line up as plain text. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(3, title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const padded = (row: readonly string[]): string =>
    line(
      columns.map(({ align }, index) => {
        const [cell, width] = [row[index] ?? '', widths[index] ?? 0]
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
      }),
    )
  const rule = columns.map(({ align }, index) => {
    const dashes = '-'.repeat((widths[index] ?? 3) - 1)
    return align === 'right' ? `${dashes}:` : `-${dashes}`
  })
  return [padded(columns.map(({ title }) => title)), line(rule), ...rows.map(padded)].join('\n')
}
