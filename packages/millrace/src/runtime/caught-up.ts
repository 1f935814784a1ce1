import type { CompiledTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { Clock, PartitionOffset, TransportAdmin } from '../ports/index.ts'

const checkEveryMs = 20

/** Commits until the group's offsets have reached the ends that the source topics had at the call. */
export async function caughtUp(
  groupId: string,
  topology: CompiledTopology,
  admin: TransportAdmin,
  commit: () => Promise<unknown>,
  clock: Clock,
  checkAlive: () => void,
): Promise<void> {
  try {
    await reachEnds(groupId, topology.sourceTopics, admin, commit, clock, checkAlive)
    // what the sources gave rise to goes on through internal topics, one after the other at most
    const internal = topology.repartitionTopics.map((one) => one.topic)
    for (let step = 0; step < internal.length; step++) {
      await reachEnds(groupId, internal, admin, commit, clock, checkAlive)
    }
  } catch (thrown) {
    // an app that ended meanwhile says so, instead of what its closed parts refuse
    checkAlive()
    throw thrown
  }
}

async function reachEnds(
  groupId: string,
  topics: readonly string[],
  admin: TransportAdmin,
  commit: () => Promise<unknown>,
  clock: Clock,
  checkAlive: () => void,
): Promise<void> {
  const counts = await admin.partitionCounts(topics)
  const partitions = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  )
  const ends = await admin.offsets(partitions, 'latest')
  for (;;) {
    checkAlive()
    try {
      await commit()
      const committed = await admin.committed(groupId, partitions)
      if (ends.every((end) => end.offset === 0 || reached(committed, end))) return
    } catch (thrown) {
      // an outage; if it lasts, the app fails
      if (!(thrown instanceof StreamsError && thrown.retriable)) throw thrown
    }
    await new Promise<void>((resolve) => {
      clock.schedule(checkEveryMs, resolve)
    })
  }
}

function reached(committed: readonly PartitionOffset[], end: PartitionOffset): boolean {
  return committed.some(
    ({ topic, partition, offset }) => topic === end.topic && partition === end.partition && offset >= end.offset,
  )
}
