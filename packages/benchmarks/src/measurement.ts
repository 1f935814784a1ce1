import type { Children } from './children.ts'
import type { Column } from './markdown-table.ts'
import type { Servers } from './servers.ts'

/** What a measurement works with. */
export interface Bench {
  readonly children: Children
  readonly servers: Servers
  /** Records of the largest data set; the others are fractions of it. */
  readonly records: number
  readonly rounds: number
  /** A line for whoever waits. */
  progress(line: string): void
  /** A name for a topic or a group that nobody else has. */
  uniqueName(what: string): string
}

/** What was to be reached, and what was. */
export interface Goal {
  readonly text: string
  readonly reached: string
  readonly isReached: boolean
}

/** One table of the report. */
export interface Section {
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  readonly goals: readonly Goal[]
  /** What one has to know to read the figures. */
  readonly notes: readonly string[]
  /** Every single result, for `--json`. */
  readonly raw: unknown
}

/** A group of figures that belong together. */
export interface Measurement {
  readonly name: string
  readonly summary: string
  run(bench: Bench): Promise<readonly Section[]>
}

/** A goal of the kind `at least so much of the other side`. */
export function ratioGoal(text: string, ratio: number, least: number): Goal {
  return { text, reached: ratio.toFixed(2), isReached: ratio >= least }
}
