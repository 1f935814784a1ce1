import type { Metrics } from '../ports/index.ts'
import type { TaskHost } from '../task/index.ts'
import { createMemoryStores } from '../state/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { OutputBuffer } from './output-buffer.ts'
import type { Resources } from './resources.ts'

/** Lends the app's resources to its tasks. */
export function createTaskHost(
  resources: Resources,
  metrics: Metrics,
  outputs: OutputBuffer,
  requestCommit: () => void,
): TaskHost {
  const { clock, logger, lookups, sinks } = resources
  return {
    clock,
    logger,
    metrics,
    lookup: (table) => lookups.get(table)!,
    output: (topic, key, value, timestamp, headers, partition) =>
      outputs.add(topic, key, value, timestamp, headers, partition),
    partitionsOf: (topic) => outputs.partitionsOf(topic),
    sinkWriter: (node, listener) => sinks.get(node)!.writer(listener),
    openStores: () => createMemoryStores(),
    globalView: (node) => {
      throw new StreamsError({
        code: 'TOPOLOGY_INVALID',
        what: `Global table '${node}' is not read by run() yet`,
        hint: 'Use testDriver().',
      })
    },
    requestCommit,
  }
}
