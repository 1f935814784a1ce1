import type { TopRow } from '../schemas.ts'

/** What differs between the rows that came and those that had to come, one line each; empty when nothing does. */
export function differences(came: readonly TopRow[], expected: readonly TopRow[]): readonly string[] {
  const left = new Map(expected.map((row) => [idOf(row), textOf(row)]))
  const found: string[] = []
  for (const row of came) {
    const wanted = left.get(idOf(row))
    if (wanted === undefined) found.push(`not expected, or twice: ${textOf(row)}`)
    else if (wanted !== textOf(row)) found.push(`expected ${wanted}, got ${textOf(row)}`)
    left.delete(idOf(row))
  }
  return [...found, ...[...left.values()].map((text) => `missing: ${text}`)]
}

function idOf({ film, from }: TopRow): string {
  return `${from} ${film}`
}

function textOf({ film, from, ratings, mean, fan, country }: TopRow): string {
  return JSON.stringify({ film, from: new Date(from).toISOString(), ratings, mean, fan, country })
}
