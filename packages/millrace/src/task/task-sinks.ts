import type { SubTopology } from '../compile/index.ts'
import type { TableSinkNode } from '../plan/index.ts'
import type { SinkListener, SinkWriter } from '../ports/index.ts'
import type { Failures } from './failures.ts'
import type { TaskHost } from './task-host.ts'

/** A writer for every table sink of a task, by node. */
export function openWriters(sub: SubTopology, host: TaskHost, failures: Failures): ReadonlyMap<string, SinkWriter> {
  const sinks = sub.nodes.filter((node) => node.kind === 'table-sink')
  return new Map(sinks.map((node) => [node.id, host.sinkWriter(node.id, rejections(node, failures))]))
}

/** Adds what a writer has counted since the last call to the counters of its node. */
export function sinkCount(node: string, writer: SinkWriter, host: TaskHost): () => void {
  const written = host.metrics.counter('rows-written', node)
  const retries = host.metrics.counter('sink-retries', node)
  let last = { writtenRows: 0, retries: 0 }
  return () => {
    const { stats } = writer
    written.value += stats.writtenRows - last.writtenRows
    retries.value += stats.retries - last.retries
    last = { writtenRows: stats.writtenRows, retries: stats.retries }
  }
}

function rejections(node: TableSinkNode, failures: Failures): SinkListener {
  return {
    onRejected(row, origin, error) {
      failures.rejected(node, error, row, origin)
    },
  }
}
