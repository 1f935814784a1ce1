import type { RecordBatch, TopicPartition } from '../../ports/index.ts'

/** How far one partition has been read in one generation. */
export interface PartitionPosition extends TopicPartition {
  readonly name: string
  /** The next offset to fetch. */
  next: number
  /** A batch that arrived while the partition was paused; handed over on resume. */
  parked: RecordBatch | null
  isFetching: boolean
  /** Since when the cluster does not know the partition. */
  unknownSinceMs: number | null
}

/** What identifies a partition in sets and maps. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
