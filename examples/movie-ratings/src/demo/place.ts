import type { App, Topology } from 'millrace'
import type { Transport } from 'millrace/ports'
import type { MovieRatings } from '../answers.ts'

/** Where the demo runs: the topics and the table exist, nothing else does. */
export interface Place {
  /** One line for people. */
  readonly title: string
  readonly transport: Transport
  run(topology: Topology): Promise<App>
  openTable(): Promise<MovieRatings>
  close(): Promise<void>
}
