import { StreamsError } from '../../errors/index.ts'
import type { RecordBatch } from '../../ports/index.ts'
import type { DriverCluster } from './driver.ts'
import { describeCode } from './fetch-error.ts'
import type { FetchAnswer, FetchedPartition } from './fetch-response.ts'
import { wrapFailure } from './kafka-failure.ts'
import type { KafkaSettings } from './options.ts'
import { partitionName, type PartitionPosition } from './partition-position.ts'
import { decodeRecords } from './record-set.ts'

/** What one fetch brought for one partition. */
export type FetchOutcome =
  /** `batch` is null when there was nothing to read. */
  | { readonly kind: 'read'; readonly position: PartitionPosition; readonly batch: RecordBatch | null }
  /** The partition is led, or stored, elsewhere by now, or not ready yet. */
  | { readonly kind: 'moved'; readonly position: PartitionPosition }
  | { readonly kind: 'out-of-range'; readonly position: PartitionPosition }
  /** The broker does not hand the records out, or they cannot be read. */
  | { readonly kind: 'refused'; readonly position: PartitionPosition; readonly error: StreamsError }

/** The first offset in a log, and the one after the last. */
export interface LogBounds {
  readonly first: number
  readonly end: number
}

/** Fetches records, one request at a time; what is wrong with one partition does not keep the others back. */
export class FetchExchange {
  readonly #cluster: DriverCluster
  readonly #settings: KafkaSettings
  readonly #readCommitted: boolean

  constructor(cluster: DriverCluster, settings: KafkaSettings, readCommitted: boolean) {
    this.#cluster = cluster
    this.#settings = settings
    this.#readCommitted = readCommitted
  }

  /** `maxWaitMs`: how long the broker may wait for records. Rejects when there is no answer. */
  async fetch(
    nodeId: number,
    wanted: readonly PartitionPosition[],
    maxWaitMs: number,
  ): Promise<readonly FetchOutcome[]> {
    const broker = await this.#cluster.findBroker({ nodeId })
    const byName = new Map(wanted.map((position) => [position.name, position]))
    const answer = (await broker.fetch({
      isolationLevel: this.#readCommitted ? 1 : 0,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes: this.#settings.maxBytesPerFetch,
      topics: wanted.map(({ topic, partition, next }) => ({
        topic,
        partitions: [{ partition, fetchOffset: String(next), maxBytes: this.#settings.maxBytesPerPartition }],
      })),
    })) as FetchAnswer
    const outcomes: Promise<FetchOutcome>[] = []
    for (const fetched of answer.partitions) {
      const position = byName.get(partitionName(fetched))
      if (position) outcomes.push(this.#outcome(position, fetched))
    }
    return Promise.all(outcomes)
  }

  async bounds({ topic, partition }: PartitionPosition): Promise<LogBounds> {
    const ask = async (fromBeginning: boolean): Promise<number> => {
      const [found] = await this.#cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }])
      return Number(found?.partitions[0]?.offset)
    }
    const [first, end] = await Promise.all([ask(true), ask(false)])
    return { first, end }
  }

  async #outcome(position: PartitionPosition, fetched: FetchedPartition): Promise<FetchOutcome> {
    if (fetched.errorCode === 0) return this.#decode(position, fetched)
    const problem = describeCode(fetched.errorCode)
    if (problem.isOutOfRange) return { kind: 'out-of-range', position }
    if (problem.isStale) return { kind: 'moved', position }
    return { kind: 'refused', position, error: problem.toError(fetched) }
  }

  async #decode(position: PartitionPosition, fetched: FetchedPartition): Promise<FetchOutcome> {
    try {
      const { checkCrcs } = this.#settings
      const options = { fromOffset: position.next, readCommitted: this.#readCommitted, checkCrcs }
      return { kind: 'read', position, batch: await decodeRecords(fetched, options) }
    } catch (thrown) {
      const error = wrapFailure(thrown, 'TRANSPORT_FAILED', 'Fetched records cannot be read', 'See the cause.', fetched)
      return { kind: 'refused', position, error }
    }
  }
}

/** The position was deleted before it was read, or is not written yet. `bounds` is null where nobody could be asked. */
export function outOfRange({ topic, partition, next }: PartitionPosition, bounds: LogBounds | null): StreamsError {
  return new StreamsError({
    code: 'OFFSET_OUT_OF_RANGE',
    what: `The position to read from is not in the log, which holds ${bounds?.first ?? '?'} up to ${bounds?.end ?? '?'}`,
    hint: 'Records were deleted before they were read, or the log was cut or replaced. Check retention, then reset the offsets of the group.',
    topic,
    partition,
    offset: next,
  })
}
