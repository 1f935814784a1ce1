import type { Clock, PartitionOffset, Transport } from 'millrace/ports'
import { wait } from '../generator/wait.ts'

/** Resolves when a group has committed everything that is in a topic now. */
export async function caughtUp(
  transport: Transport,
  groupId: string,
  topic: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const count = (await transport.admin.partitionCounts([topic])).get(topic) ?? 0
  const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }))
  const ends = await transport.admin.offsets(partitions, 'latest')
  while (!signal.aborted && !isThere(ends, await transport.admin.committed(groupId, partitions)))
    await wait(clock, 50, signal)
}

function isThere(ends: readonly PartitionOffset[], committed: readonly PartitionOffset[]): boolean {
  return ends.every(
    ({ partition, offset }) =>
      offset === 0 || committed.some((commit) => commit.partition === partition && commit.offset >= offset),
  )
}
