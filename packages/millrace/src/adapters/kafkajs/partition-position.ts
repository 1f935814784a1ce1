import type { PartitionOffset, RecordBatch, TopicPartition } from '../../ports/index.ts'

/** How far one partition has been fetched. */
export interface PartitionPosition extends TopicPartition {
  readonly name: string
  /** The next offset to fetch. */
  next: number
  /** A batch that arrived while the partition was paused; handed over on resume. */
  parked: RecordBatch | null
  isFetching: boolean
  /** Since when the cluster does not know the partition. */
  unknownSinceMs: number | null
  /** How often in a row the broker refused to hand out records, or what it handed out could not be read. */
  refusals: number
}

export function positionAt({ topic, partition, offset }: PartitionOffset): PartitionPosition {
  return {
    topic,
    partition,
    name: partitionName({ topic, partition }),
    next: offset,
    parked: null,
    isFetching: false,
    unknownSinceMs: null,
    refusals: 0,
  }
}

/** What identifies a partition in sets and maps. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
