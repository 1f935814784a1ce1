import { join } from 'node:path'
import { checkOutput, repetitions } from './checks/check-output.ts'
import { checkState } from './checks/check-state.ts'
import { type ExpectedCounts, Expectation } from './checks/expected-counts.ts'
import { readState } from './checks/read-state.ts'
import type { ChaosSystem } from './chaos-system.ts'
import { readTopic } from './read-topic.ts'
import type { ChaosRating } from './topologies.ts'

export interface Verdict {
  readonly faults: readonly string[]
  /** Counts that were compared. */
  readonly counts: number
  readonly repeatedResults: number
}

/** Compares state and output with what the input, as it stands in its topic, must have made. All processes have ended. */
export async function verdict(system: ChaosSystem, say: (line: string) => void): Promise<Verdict> {
  const { settings } = system
  const faults: string[] = []
  const expectation = await expectationOf(system)
  const expected = expectation.counts()
  if (expectation.records < settings.ratings) faults.push(`the input has ${expectation.records} ratings only`)
  say(`Comparing ${expected.state.size.toLocaleString('en')} counts and all results with what they must be`)
  faults.push(...(await checkStates(system, expected)))
  const output = await outputOf(system)
  const isExactlyOnce = settings.guarantee === 'exactly-once'
  faults.push(...checkOutput(output, expected, { topology: settings.topology, isExactlyOnce }))
  return { faults, counts: expected.state.size, repeatedResults: repetitions(output) }
}

/** What the input, as it stands in its topic, must have made. */
async function expectationOf({ settings, topics, transport }: ChaosSystem): Promise<Expectation> {
  const expectation = new Expectation(settings.topology)
  await readTopic(transport, topics.ratings, (batch, index) => {
    const { film } = JSON.parse(batch.value(index)!.toString()) as ChaosRating
    expectation.add(batch.partition, batch.key(index)!.toString(), film, batch.timestamp(index))
  })
  return expectation
}

/** From the changelog alone; where stores are on disk, also from a folder that a worker has left behind. */
async function checkStates(system: ChaosSystem, { state }: ExpectedCounts): Promise<readonly string[]> {
  const faults = checkState('from its changelog', await readState(system, join(system.stateFolder, 'fresh')), state)
  if (system.settings.storage === 'memory') return faults
  const left = await readState(system, system.workers.folder(0))
  return [...faults, ...checkState('from the folder of a worker', left, state)]
}

async function outputOf({ transport, topics }: ChaosSystem): Promise<ReadonlyMap<string, readonly number[]>> {
  const output = new Map<string, number[]>()
  await readTopic(transport, topics.counts, (batch, index) => {
    const name = batch.key(index)!.toString()
    const count = batch.value(index)!.readInt32BE()
    const written = output.get(name)
    if (written === undefined) output.set(name, [count])
    else written.push(count)
  })
  return output
}
