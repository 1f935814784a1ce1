import type { Metrics } from '../ports/index.ts'
import type { StoreFactory } from '../state/index.ts'
import type { TaskHost } from '../task/index.ts'
import type { GlobalTables } from './global-tables.ts'
import type { OutputLane } from './output-lane.ts'
import type { Standbys } from './standbys.ts'
import type { Resources } from './resources.ts'

export interface HostParts {
  readonly resources: Resources
  readonly metrics: Metrics
  readonly globalTables: GlobalTables
  readonly openStores: (taskId: string, spare: number) => StoreFactory
  readonly requestCommit: () => void
}

/** Lends the app's resources to the tasks of one lane. */
export function createTaskHost(parts: HostParts, lane: OutputLane, standbys: Standbys, spare: number): TaskHost {
  const { resources, metrics, globalTables, openStores, requestCommit } = parts
  const { clock, logger, lookups, sinks } = resources
  const { outputs } = lane
  return {
    clock,
    logger,
    metrics,
    isTransactional: lane.isTransactional,
    lookup: (table) => lookups.get(table)!,
    output: (topic, key, value, timestamp, headers, partition) =>
      outputs.add(topic, key, value, timestamp, headers, partition),
    partitionsOf: (topic) => outputs.partitionsOf(topic),
    sinkWriter: (node, listener) => sinks.get(node)!.writer(listener),
    openStores: (taskId) => standbys.takeOver(taskId) ?? openStores(taskId, spare),
    globalView: (node) => globalTables.view(node),
    requestCommit,
  }
}
