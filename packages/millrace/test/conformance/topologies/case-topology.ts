import type { ErrorCode, Topology } from 'millrace'

/** The topology of a case, as it is written in Millrace. Its name is always `app`: internal topics begin with that. */
export interface CaseTopology {
  readonly topology: Topology
  /** The error that stands for the reference's exception, where the case ends in one. */
  readonly throws?: ErrorCode
}

export type CaseTopologies = Readonly<Record<string, () => CaseTopology>>
