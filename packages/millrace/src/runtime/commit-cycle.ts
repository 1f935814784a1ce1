import type { CommittedOffset, TransportConsumer } from '../ports/index.ts'
import type { OutputBuffer } from './output-buffer.ts'
import type { TaskRunner } from './task-runner.ts'

/**
 * The only place that orders a commit. Offsets never go ahead of a sink or an output:
 *
 *   1 let record caches go, then note what every task has completely processed; from here on tasks may go on
 *   2 flush sinks: every row that came from below those offsets is acknowledged
 *   3 flush outputs: every record that came from below them is acknowledged
 *   4 commit the offsets
 *   5 remember them, so that a later rebalance can tell whether anyone else owned the task in between
 *
 * Gives the number of partitions whose offset moved. Rejects with what a flush rejects with, or GENERATION_LOST.
 */
export async function commitCycle(
  runners: readonly TaskRunner[],
  outputs: OutputBuffer,
  consumer: TransportConsumer,
  generation: number,
): Promise<number> {
  await Promise.all(runners.map((runner) => runner.flushCaches()))
  const noted = runners
    .map((runner) => ({ runner, offsets: advanced(runner) }))
    .filter(({ offsets }) => offsets.length > 0)
  if (noted.length === 0) return 0
  await Promise.all(noted.flatMap(({ runner }) => runner.task.writers.map((writer) => writer.flush())))
  await outputs.flush()
  const offsets = noted.flatMap((one) => one.offsets)
  await consumer.commit(offsets, generation)
  for (const { runner, offsets: own } of noted) {
    runner.committed = new Map([...runner.committed, ...own.map(({ topic, offset }) => [topic, offset] as const)])
  }
  return offsets.length
}

function advanced(runner: TaskRunner): readonly CommittedOffset[] {
  return (
    runner.task
      .completed()
      // below what is committed, too: a topic that was made anew starts over
      .filter(({ topic, offset }) => offset !== runner.committed.get(topic))
      .map((offset) => ({ ...offset, metadata: '' }))
  )
}
