import type { Metrics } from '../ports/index.ts'
import type { TaskHost } from '../task/index.ts'
import type { OutputBuffer } from './output-buffer.ts'
import type { Resources } from './resources.ts'

/** Lends the app's resources to its tasks. */
export function createTaskHost(resources: Resources, metrics: Metrics, outputs: OutputBuffer): TaskHost {
  const { clock, logger, lookups, sinks } = resources
  return {
    clock,
    logger,
    metrics,
    lookup: (table) => lookups.get(table)!,
    output: (topic, key, value, timestamp, headers) => outputs.add(topic, key, value, timestamp, headers),
    sinkWriter: (node, listener) => sinks.get(node)!.writer(listener),
  }
}
