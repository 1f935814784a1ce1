import type { CommittedOffset } from '../ports/index.ts'
import type { TaskNote } from '../task/index.ts'
import type { OutputLane } from './output-lane.ts'
import type { TaskRunner } from './task-runner.ts'

interface Noted {
  readonly runner: TaskRunner
  readonly note: TaskNote
}

export interface CommitOutcome {
  /** Partitions whose offset moved. */
  readonly moved: number
  /** Whether a changelog has foreign writes, whose keys only the next cycle writes again: it should follow at once. */
  readonly isUnfinished: boolean
}

/**
 * The only place that orders a commit. Offsets never go ahead of a sink, an output or a changelog:
 *
 *   1 let record caches go, note what every task has completely processed, and send what its stores changed to their
 *     changelogs; from here on tasks may go on
 *   2 flush sinks: every row that came from below those offsets is acknowledged
 *   3 flush outputs and changelogs: every record that came from below them is acknowledged
 *   4 leave out tasks that were given up meanwhile, as nobody knows any more where their changelogs end, and tasks into
 *     whose changelog somebody else has written; have those keys written again
 *   5 commit the offsets, with metadata that names where each changelog ended
 *   6 remember what was committed, so that a later rebalance can tell whether anyone else owned the task in between
 *   7 bring local stores to disk, each with the end of its changelog
 *
 * Rejects with what a flush rejects with, or GENERATION_LOST.
 */
export async function commitCycle(runners: readonly TaskRunner[], generation: number): Promise<CommitOutcome> {
  const noted = (await Promise.all(runners.map(noteOf))).filter((one) => one !== undefined)
  const byLane = new Map<OutputLane, Noted[]>()
  for (const one of noted) byLane.set(one.runner.lane, [...(byLane.get(one.runner.lane) ?? []), one])
  const results = await Promise.allSettled([...byLane].map(([lane, own]) => commitLane(lane, own, generation)))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  const outcomes = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  return {
    moved: outcomes.reduce((moved, outcome) => moved + outcome.moved, 0),
    isUnfinished: outcomes.some((outcome) => outcome.isUnfinished),
  }
}

async function noteOf(runner: TaskRunner): Promise<Noted | undefined> {
  const note = await runner.note()
  if (note === undefined) return undefined
  if (!runner.hasNews(note)) {
    if (runner.lane.isTransactional) runner.lane.outputs.unseal()
    return undefined
  }
  return { runner, note }
}

async function commitLane(lane: OutputLane, noted: readonly Noted[], generation: number): Promise<CommitOutcome> {
  try {
    await Promise.all(noted.flatMap(({ runner }) => runner.task.writers.map((writer) => writer.flush())))
    await lane.outputs.flush()
    const kept = noted.filter(({ runner }) => !runner.stopped.aborted)
    const foreign = kept.filter(({ runner }) => runner.task.changelogs.hasGaps)
    const own = kept.filter((one) => !foreign.includes(one))
    const commits = own.map(({ runner, note }) => ({ runner, offsets: offsetsOf(runner, note) }))
    for (const { runner, offsets } of commits) runner.attempt(offsets)
    const offsets = commits.flatMap((one) => one.offsets)
    if (offsets.length > 0) await lane.commit(offsets, generation)
    for (const { runner } of commits) runner.succeeded()
    await Promise.all(commits.map(({ runner }) => runner.flushStores()))
    await Promise.all(foreign.map(({ runner }) => runner.mend()))
    return { moved: offsets.length, isUnfinished: foreign.length > 0 }
  } finally {
    if (lane.isTransactional) lane.outputs.unseal()
  }
}

/** Those that moved; with state all of them, so that no partition is left with metadata of an older commit. */
function offsetsOf(runner: TaskRunner, note: TaskNote): readonly CommittedOffset[] {
  const { task } = runner
  const metadata = task.metadata(note)
  if (!task.hasState) {
    return note.offsets
      .filter(({ topic, offset }) => offset !== runner.committed.get(topic)?.offset)
      .map((one) => ({ ...one, metadata }))
  }
  // the metadata of a task stands with the first of its partitions
  return note.offsets.map((one, index) => ({ ...one, metadata: index === 0 ? metadata : '' }))
}
