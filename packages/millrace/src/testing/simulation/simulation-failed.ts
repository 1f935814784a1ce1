import type { Topology } from '../../dsl/index.ts'
import { messageOf, StreamsError } from '../../errors/index.ts'
import type { SimulationOptions } from './simulate.ts'
import type { SimulationSetup } from './simulation.ts'

const shownDifferences = 8
const shownSteps = 60

/** SIMULATION_FAILED. The message has several lines: what differs, what ran, what happened last, and how to see it again. */
export class SimulationError extends StreamsError {
  override readonly name: string = 'SimulationError'
  readonly seed: number

  constructor(seed: number, what: string, details: readonly string[], cause: unknown) {
    super({
      code: 'SIMULATION_FAILED',
      what,
      hint: `The same seed gives the same run.\n${details.join('\n')}`,
      ...(cause === undefined ? {} : { cause }),
    })
    this.seed = seed
  }
}

export function simulationFailed(
  topology: Topology,
  { seed, command }: SimulationOptions,
  setup: SimulationSetup,
  found: readonly string[] | Error,
  steps: readonly string[],
): SimulationError {
  const { guarantee, instances, partitions, standbyReplicas, commitEveryMs } = setup
  const reasons = found instanceof Error ? [messageOf(found)] : found
  const more = reasons.length - shownDifferences
  const details = [
    ...reasons.slice(0, shownDifferences).map((reason) => `  - ${reason}`),
    ...(more > 0 ? [`  - and ${more} more`] : []),
    `To see it again: ${command ?? `await simulate(…, { seed: ${seed} })`}`,
    `It began with ${instances} processes on ${partitions} partitions, standby replicas: ${standbyReplicas}, a commit every ${commitEveryMs} ms.`,
    topology.describe().trimEnd(),
    'The last steps, after ms:',
    ...steps.slice(-shownSteps),
  ]
  const what = `Topology '${topology.name}' does not survive seed ${seed} (${guarantee})`
  return new SimulationError(seed, what, details, found instanceof Error ? found : undefined)
}
