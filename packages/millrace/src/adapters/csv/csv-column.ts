/** Answered by a column for a field that is not of its type. */
export const unreadable: unique symbol = Symbol('unreadable')

/** How one column of a CSV file is read. */
export interface CsvColumn<T> {
  /** The column's name in the file, where it is not the name in the row. */
  readonly from: string | undefined
  /** What errors say was expected, e.g. `an integer`. */
  readonly expected: string
  read(text: string): T | typeof unreadable
}

export type CsvColumns = Readonly<Record<string, CsvColumn<unknown>>>

/** The row that declared columns give. */
export type CsvRow<C extends CsvColumns> = {
  readonly [Name in keyof C]: C[Name] extends CsvColumn<infer T> ? T : never
}

export interface CsvColumnOptions {
  /** The column's name in the file. Default: its name in the row. */
  readonly from?: string
  /** What an empty field is: a fault of the file, or undefined. Default: 'error', for text the empty string. */
  readonly empty?: 'error' | 'undefined'
}

/** What `empty` adds to a column's type. */
export type EmptyValue<O extends CsvColumnOptions> = O extends { readonly empty?: infer E }
  ? unknown extends E
    ? never
    : 'undefined' extends E
      ? undefined
      : never
  : never

/** Text as it stands in the file: neither trimmed nor re-cased. */
export function csvText<const O extends CsvColumnOptions = { readonly empty?: 'error' }>(
  options?: O,
): CsvColumn<string | EmptyValue<O>> {
  const empty = options?.empty
  return column(options, 'text', empty === undefined ? () => '' : undefined, (text) => text)
}

/** Integers in JS's safe range. */
export function csvInteger<const O extends CsvColumnOptions = { readonly empty?: 'error' }>(
  options?: O,
): CsvColumn<number | EmptyValue<O>> {
  return column(options, 'an integer', undefined, (text) => {
    const value = /^[ \t]*[+-]?\d+[ \t]*$/.test(text) ? Number(text) + 0 : Number.NaN
    return Number.isSafeInteger(value) ? value : unreadable
  })
}

/** Decimal numbers, `.` before the fraction, with or without exponent. */
export function csvNumber<const O extends CsvColumnOptions = { readonly empty?: 'error' }>(
  options?: O,
): CsvColumn<number | EmptyValue<O>> {
  return column(options, 'a number', undefined, (text) => {
    const value = /^[ \t]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t]*$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(value) ? value : unreadable
  })
}

/** `true` and `false` in any case, `1` and `0`. */
export function csvBoolean<const O extends CsvColumnOptions = { readonly empty?: 'error' }>(
  options?: O,
): CsvColumn<boolean | EmptyValue<O>> {
  return column(options, 'true or false', undefined, (text) => {
    const word = text.trim().toLowerCase()
    if (word === 'true' || word === '1') return true
    return word === 'false' || word === '0' ? false : unreadable
  })
}

function column<T, O extends CsvColumnOptions>(
  options: O | undefined,
  expected: string,
  readEmpty: (() => T) | undefined,
  readText: (text: string) => T | typeof unreadable,
): CsvColumn<T | EmptyValue<O>> {
  const emptyIs = readEmpty ?? ((): typeof unreadable => unreadable)
  const whenEmpty: () => T | EmptyValue<O> | typeof unreadable =
    options?.empty === 'undefined' ? () => undefined as EmptyValue<O> : emptyIs
  return { from: options?.from, expected, read: (text) => (text === '' ? whenEmpty() : readText(text)) }
}
