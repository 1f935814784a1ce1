import type { Bench } from './measurement.ts'
import { whole } from './numbers.ts'
import { median } from './statistics.ts'
import type { Measured } from './stopwatch.ts'

/** One of the things that are compared. */
export interface Contender {
  readonly name: string
  run(): Promise<Measured>
}

/** All rounds of one contender. */
export interface Results {
  readonly name: string
  readonly rounds: readonly Measured[]
}

/** Medians over the rounds. */
export interface Medians {
  readonly recordsPerSecond: number
  readonly cpuUsPerRecord: number
  readonly peakRssMb: number
}

/** Lets all contenders run in turn, round after round (A B A B …): what slows the machine down meets all of them. */
export async function runRounds(
  bench: Bench,
  title: string,
  contenders: readonly Contender[],
): Promise<readonly Results[]> {
  const results = contenders.map(({ name }) => ({ name, rounds: [] as Measured[] }))
  for (let round = 1; round <= bench.rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const { name } = contender
      const measured = await contender.run()
      results[index]?.rounds.push(measured)
      bench.progress(
        `${title}, round ${round} of ${bench.rounds}: ${name} ${whole(perSecond(measured))} records/s, ` +
          `${cpuUs(measured).toFixed(1)} µs CPU per record, ${whole(measured.peakRssMb)} MB`,
      )
    }
  }
  return results
}

export function mediansOf({ rounds }: Results): Medians {
  return {
    recordsPerSecond: median(rounds.map(perSecond)),
    cpuUsPerRecord: median(rounds.map(cpuUs)),
    peakRssMb: median(rounds.map(({ peakRssMb }) => peakRssMb)),
  }
}

/** The median of the rounds' ratios in records/s: both sides of a round saw the same machine. */
export function ratioOf(side: Results, baseline: Results): number {
  return median(
    side.rounds.map((measured, round) => {
      const other = baseline.rounds[round]
      return other === undefined ? Number.NaN : perSecond(measured) / perSecond(other)
    }),
  )
}

/** The one with the highest median. */
export function fastest(results: readonly Results[]): Results | undefined {
  return results.toSorted((left, right) => mediansOf(right).recordsPerSecond - mediansOf(left).recordsPerSecond)[0]
}

function perSecond({ records, wallMs }: Measured): number {
  return (records / wallMs) * 1000
}

function cpuUs({ records, cpuMs }: Measured): number {
  return (cpuMs / records) * 1000
}
