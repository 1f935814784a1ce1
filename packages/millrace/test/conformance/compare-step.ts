import type { CaseRecord } from './case.ts'
import { recordLine } from './record-line.ts'

/**
 * What an implementation may legitimately differ in, numbered as in the README: 2, chained and foreign-key table joins
 * need only the last value per key; 3, order between different keys, windows or topics of one step is free; 4, a number
 * of drops counts, not the name of its metric.
 */
export type Rule = 2 | 3 | 4

/** `by` is the rule that equality needed, or 'exact'. */
export type Comparison =
  | { readonly isEqual: true; readonly by: 'exact' | Rule }
  | { readonly isEqual: false; readonly expected: readonly string[]; readonly actual: readonly string[] }

/** Compares what a step brought with what it must bring: exactly first, then by the rules that the case allows. */
export function compareStep(
  expected: readonly CaseRecord[],
  actual: readonly CaseRecord[],
  allows: readonly Rule[],
): Comparison {
  const [expectedLines, actualLines] = [expected.map(recordLine), actual.map(recordLine)]
  if (same(expectedLines, actualLines)) return { isEqual: true, by: 'exact' }
  if (allows.includes(3) && same(perKey(expected), perKey(actual))) return { isEqual: true, by: 3 }
  if (allows.includes(2) && same(lastPerKey(expected), lastPerKey(actual))) return { isEqual: true, by: 2 }
  return { isEqual: false, expected: expectedLines, actual: actualLines }
}

/** The records of each topic and key in their order, one text per topic and key, sorted. */
function perKey(records: readonly CaseRecord[]): readonly string[] {
  return [...byKey(records).values()].map((lines) => lines.join('\n')).toSorted()
}

function lastPerKey(records: readonly CaseRecord[]): readonly string[] {
  return [...byKey(records).values()].map((lines) => lines.at(-1)!).toSorted()
}

function byKey(records: readonly CaseRecord[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const record of records) {
    const place = JSON.stringify([record.topic, record.key])
    const lines = groups.get(place) ?? []
    lines.push(recordLine(record))
    groups.set(place, lines)
  }
  return groups
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index])
}
