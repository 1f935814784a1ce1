import type { LookupTable, LookupTableSpec } from '../../ports/lookup-table.ts'

const none: readonly never[] = Object.freeze([])

/** A static table from entries in memory; a key that comes several times has several rows, in order. */
export function lookupTable<Key, Row>(name: string, entries: Iterable<readonly [Key, Row]>): LookupTableSpec<Key, Row> {
  // Copied at once: entries may be a generator, and may change later.
  const rowsByKey = new Map<Key, Row[]>()
  let size = 0
  for (const [key, row] of entries) {
    const rows = rowsByKey.get(key)
    if (rows === undefined) rowsByKey.set(key, [row])
    else rows.push(row)
    size++
  }
  const table: LookupTable<Key, Row> = {
    load: () => Promise.resolve([]),
    get: (key) => rowsByKey.get(key) ?? none,
    size,
    close: () => {},
  }
  return { kind: 'memory-table', name, open: () => table }
}
