import type { Clock } from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import type { DriverCluster } from './driver.ts'
import type { Generation } from './generation.ts'
import type { GroupMember } from './group-member.ts'
import { failureKind, failureType } from './kafka-failure.ts'

const retryMs = 200
const metadataAgeMs = 300_000

/**
 * Sends heartbeats until the generation is over, and ends it when the group says so, when no coordinator has answered
 * for a session's time, or, on the leader, when a topic has got more partitions.
 */
export async function keepHeartbeats(
  generation: Generation,
  member: GroupMember,
  cluster: DriverCluster,
  { settings, clock, logger }: AdapterServices,
): Promise<void> {
  const partitions = new PartitionCounts(generation, cluster, clock)
  let answeredAtMs = clock.nowMs()
  let waitMs = settings.heartbeatIntervalMs
  for (;;) {
    await generation.nap(waitMs)
    if (generation.isOver) return
    waitMs = settings.heartbeatIntervalMs
    try {
      await member.heartbeat(generation.joined.identity)
      answeredAtMs = clock.nowMs()
      if (await partitions.haveChanged()) generation.finish({ kind: 'rebalance' })
    } catch (error) {
      const kind = failureKind(error)
      if (kind === 'rebalance') {
        answeredAtMs = clock.nowMs()
        generation.finish({ kind })
      } else if (kind === 'fenced') {
        generation.finish({ kind })
        return
      } else if (kind === 'fatal' || clock.nowMs() - answeredAtMs > settings.sessionTimeoutMs) {
        generation.finish({ kind: 'failed', error })
        return
      } else {
        logger.debug({ reason: failureType(error) }, 'A heartbeat failed; trying again')
        waitMs = Math.min(retryMs, settings.heartbeatIntervalMs)
      }
    }
  }
}

/** Looks now and then whether the leader has to share out again. */
class PartitionCounts {
  readonly #topics: readonly string[]
  readonly #cluster: DriverCluster
  readonly #clock: Clock
  readonly #counts: readonly number[]
  #refreshedAtMs: number

  constructor(generation: Generation, cluster: DriverCluster, clock: Clock) {
    this.#topics = generation.joined.isLeader ? generation.joined.topics : []
    this.#cluster = cluster
    this.#clock = clock
    this.#counts = this.#read()
    this.#refreshedAtMs = clock.nowMs()
  }

  async haveChanged(): Promise<boolean> {
    if (this.#topics.length === 0 || this.#clock.nowMs() - this.#refreshedAtMs < metadataAgeMs) return false
    this.#refreshedAtMs = this.#clock.nowMs()
    await this.#cluster.refreshMetadata()
    const counts = this.#read()
    return counts.some((count, index) => count !== this.#counts[index])
  }

  #read(): readonly number[] {
    return this.#topics.map((topic) => this.#cluster.findTopicPartitionMetadata(topic).length)
  }
}
