import type { Observed } from './observation.ts'
import type { OutputCheck } from './output-checks.ts'

type Entries = ReadonlyMap<string, readonly string[]>

/** What differs between two maps of lists, as sentences; `kind` begins them. */
export function differences(kind: string, expected: Entries, actual: Entries): readonly string[] {
  const found: string[] = []
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const [wanted, got] = [expected.get(name) ?? [], actual.get(name) ?? []]
    const missing = wanted.filter((entry) => !got.includes(entry))
    const more = got.filter((entry) => !wanted.includes(entry))
    if (missing.length > 0) found.push(`${kind} ${name} lacks ${some(missing)}`)
    if (more.length > 0) found.push(`${kind} ${name} has ${some(more)} that a run without faults has not`)
    if (missing.length + more.length === 0 && wanted.length !== got.length) {
      found.push(`${kind} ${name} has ${got.length} entries instead of ${wanted.length}`)
    }
  }
  return found
}

/** What is wrong with the records of one topic. `isExact`: nothing may be there twice. */
export function outputDifferences(
  topic: string,
  check: OutputCheck,
  isExact: boolean,
  expected: Observed['outputs'],
  actual: Observed['outputs'],
): readonly string[] {
  if (check === 'none') return []
  const found: string[] = []
  const places = [...new Set([...expected.keys(), ...actual.keys()])].filter((place) => place.startsWith(`${topic}/`))
  for (const place of places) {
    const [wanted, got] = [expected.get(place), actual.get(place)]
    for (const key of new Set([...(wanted?.keys() ?? []), ...(got?.keys() ?? [])])) {
      const what = difference(check, isExact, wanted?.get(key) ?? [], got?.get(key) ?? [])
      if (what !== undefined) found.push(`output ${place}, key ${key}: ${what}`)
    }
  }
  return found
}

function difference(
  check: Exclude<OutputCheck, 'none'>,
  isExact: boolean,
  wanted: readonly string[],
  got: readonly string[],
): string | undefined {
  if (check === 'last') {
    const [want, have] = [valueOf(wanted.at(-1)), valueOf(got.at(-1))]
    return want === have ? undefined : `ends with ${have} instead of ${want}`
  }
  const more = got.find((record) => !wanted.includes(record))
  if (more !== undefined) return `has ${more}, which a run without faults does not write`
  const lost = wanted.find((record) => !got.includes(record))
  if (lost !== undefined) return `lacks ${lost}`
  if (isExact && got.length !== wanted.length) return `has ${got.length} records instead of ${wanted.length}`
  if (check === 'set') return undefined
  if (isExact) return wanted.every((record, index) => record === got[index]) ? undefined : 'is in another order'
  return isWithin(wanted, got) ? undefined : `has its records in another order: ${some(got)}`
}

/** Whether all of `wanted` is in `got`, in this order. */
function isWithin(wanted: readonly string[], got: readonly string[]): boolean {
  let at = 0
  for (const record of got) if (record === wanted[at]) at++
  return at === wanted.length
}

function valueOf(record: string | undefined): string {
  return record === undefined ? 'nothing' : (JSON.stringify((JSON.parse(record) as readonly unknown[])[0]) ?? '')
}

function some(entries: readonly string[]): string {
  const shown = entries.slice(0, 3).join(' ')
  return entries.length > 3 ? `${shown} and ${entries.length - 3} more` : shown
}
