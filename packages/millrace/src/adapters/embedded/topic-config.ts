import { StreamsError } from '../../errors/index.ts'

/** What the embedded server takes from the config of a topic; the rest has no effect. */
export interface TopicConfig {
  /** `cleanup.policy` has `compact`: of each key the last record is kept. */
  readonly isCompacted: boolean
  /** `cleanup.policy` has `delete`, as it has by default: old records may go. */
  readonly isDeleted: boolean
  /** `min.compaction.lag.ms`: younger records are not compacted. Default 0. */
  readonly minCompactionLagMs: number
  /** `delete.retention.ms`: how long a tombstone stays after its key was compacted. Default a day. */
  readonly deleteRetentionMs: number
  /**
   * `retention.ms`, where `cleanup.policy` has `delete`: older records go. Null, and the default: none does. Ages are
   * those of the server's clock, not those of the records: history that is read again is not old at once.
   */
  readonly retentionMs: number | null
}

export function topicConfigOf(topic: string, config: Readonly<Record<string, string>> = {}): TopicConfig {
  const policies = (config['cleanup.policy'] ?? 'delete').split(',').map((policy) => policy.trim())
  const unknown = policies.find((policy) => policy !== 'compact' && policy !== 'delete')
  if (unknown !== undefined) throw configInvalid(topic, 'cleanup.policy', unknown)
  const ms = (name: string, otherwise: number): number => {
    const value = Number(config[name] ?? otherwise)
    if (!Number.isInteger(value) || value < -1) throw configInvalid(topic, name, config[name] ?? '')
    return value
  }
  const retentionMs = ms('retention.ms', -1)
  return {
    isCompacted: policies.includes('compact'),
    isDeleted: policies.includes('delete'),
    minCompactionLagMs: ms('min.compaction.lag.ms', 0),
    deleteRetentionMs: ms('delete.retention.ms', 86_400_000),
    retentionMs: policies.includes('delete') && retentionMs >= 0 ? retentionMs : null,
  }
}

function configInvalid(topic: string, name: string, value: string): StreamsError {
  return new StreamsError({
    code: 'OPTION_INVALID',
    what: `A topic cannot have ${name}=${value}`,
    hint: 'Give what Kafka takes.',
    topic,
  })
}
