import type { Column } from './markdown-table.ts'
import type { Goal, Section } from './measurement.ts'
import { decimal, whole } from './numbers.ts'
import { mediansOf, ratioOf, type Results } from './rounds.ts'

const columns: readonly Column[] = [
  { title: '' },
  { title: 'records/s', align: 'right' },
  { title: 'CPU µs per record', align: 'right' },
  { title: 'peak RSS, MB', align: 'right' },
  { title: 'compared', align: 'right' },
]

/** Results and what they are compared with. */
export interface Compared {
  readonly results: readonly Results[]
  readonly baseline?: Results | undefined
}

/** A table of throughput; rows of a group are compared with the group's baseline. */
export function throughputSection(
  title: string,
  groups: readonly Compared[],
  { goals = [], notes = [] }: { readonly goals?: readonly Goal[]; readonly notes?: readonly string[] },
): Section {
  const rows = groups.flatMap(({ results, baseline }) =>
    results.map((side) => {
      const { recordsPerSecond, cpuUsPerRecord, peakRssMb } = mediansOf(side)
      const compared = baseline === undefined || side === baseline ? '' : `${decimal(ratioOf(side, baseline), 2)} ×`
      return [side.name, whole(recordsPerSecond), decimal(cpuUsPerRecord), whole(peakRssMb), compared]
    }),
  )
  return { title, columns, rows, goals, notes, raw: groups.flatMap(({ results }) => results) }
}
