import type { StoreSpec } from '../../plan/index.ts'
import type { ChangelogTopic, SubTopology } from '../compiled-topology.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Gives every logged store its changelog topic, `<application id>-<store>-changelog`. Its records are stamped by the
 * broker: retention and compaction then go by when something was written, also where event time lies years back. What a
 * crashed owner wrote behind the last commit is undone at restore, which needs the values before it: nothing is
 * compacted before `min.compaction.lag.ms`.
 */
export function nameChangelogs(subs: readonly SubTopology[], applicationId: string): readonly SubTopology[] {
  const named = subs.map((sub) => {
    const logged = sub.stores.filter((store) => store.isLogged)
    const changelogs = logged.map((store) => Object.freeze(changelogOf(store, applicationId)))
    return Object.freeze({ ...sub, changelogs: Object.freeze(changelogs) })
  })
  return Object.freeze(named)
}

function changelogOf(store: StoreSpec, applicationId: string): ChangelogTopic {
  const { name: storeName, changelogTopic } = store
  const carriesTime = store.kind === 'versioned'
  if (changelogTopic !== undefined)
    return { storeName, topic: changelogTopic, config: Object.freeze({}), carriesTime, isSource: true }
  const topic = `${applicationId}-${storeName}-changelog`
  const config = Object.freeze({ ...stamped, ...configOf(store) })
  return { storeName, topic, config, carriesTime, isSource: false }
}

/** Tombstones stay for a week: a local store that was away for less reads them when it is brought up to date. */
const stamped = { 'message.timestamp.type': 'LogAppendTime', 'delete.retention.ms': `${7 * dayMs}` }

function configOf(store: StoreSpec): Readonly<Record<string, string>> {
  switch (store.kind) {
    case 'key-value':
    case 'timestamped-key-value':
      return { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': `${hourMs}` }
    case 'window':
    case 'session':
      return {
        'cleanup.policy': 'compact,delete',
        'min.compaction.lag.ms': `${hourMs}`,
        'retention.ms': `${Math.min(store.retentionMs + dayMs, Number.MAX_SAFE_INTEGER)}`,
      }
    case 'versioned':
      return { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': `${store.historyMs + dayMs}` }
  }
}
