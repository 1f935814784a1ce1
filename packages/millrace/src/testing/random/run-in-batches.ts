import { compile, type SubTopology } from '../../compile/index.ts'
import type { Topology } from '../../dsl/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { RecordBatch } from '../../ports/index.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { createMemoryStores } from '../../state/index.ts'
import { GlobalTable, Task, type TaskHost } from '../../task/index.ts'
import type { Written } from '../driver/driver-outputs.ts'
import { singleRecordBatch } from '../driver/single-record-batch.ts'
import { ManualClock } from '../manual-clock.ts'
import { silentLogger } from '../silent-logger.ts'

/** How a log is cut: records per delivery, and per micro-batch. */
export interface Cut {
  readonly delivery: number
  readonly microBatch: number
}

export type TopicLogs = ReadonlyMap<string, readonly Written[]>

/**
 * What each sub-topology writes when its topics hold these records: all of them are there when it begins, so nothing
 * but the cut can make a difference.
 */
export function runInBatches(topology: Topology, logs: TopicLogs, cut: Cut): readonly (readonly Written[])[] {
  const compiled = compile(topology.plan)
  const globals = new Map(compiled.globalTables.map((node) => [node.id, new GlobalTable(node, createMemoryStores())]))
  for (const node of compiled.globalTables) {
    for (const batch of batchesOf(logs, node.topic, 1)) globals.get(node.id)!.update(batch)
  }
  return compiled.subTopologies.map((sub) => {
    const written: Written[] = []
    const positions = sub.sourceTopics.map((topic) => ({
      topic,
      partition: 0,
      offset: 0,
      end: logs.get(topic)?.length ?? 0,
    }))
    const task = new Task(sub, 0, positions, compiled.plan.onProcessError, hostOf(written, globals))
    runTask(task, sub, logs, cut)
    return written
  })
}

function runTask(task: Task, sub: SubTopology, logs: TopicLogs, { delivery, microBatch }: Cut): void {
  const waiting = sub.sourceTopics.map((topic) => batchesOf(logs, topic, delivery))
  while (waiting.some((batches) => batches.length > 0)) {
    for (const batches of waiting) {
      const batch = batches.shift()
      if (batch !== undefined) task.enqueue(batch)
    }
    while (task.process(microBatch) > 0) task.complete()
  }
}

function batchesOf(logs: TopicLogs, topic: string, size: number): RecordBatch[] {
  const log = logs.get(topic) ?? []
  const singles = log.map((record, offset) => singleRecordBatch({ ...record, partition: 0, offset }))
  const batches: RecordBatch[] = []
  for (let at = 0; at < singles.length; at += size) batches.push(joined(singles.slice(at, at + size), log.length))
  return batches
}

function joined(singles: readonly RecordBatch[], highWatermark: number): RecordBatch {
  const at = (index: number): RecordBatch => singles[index]!
  const last = at(singles.length - 1)
  return {
    ...last,
    count: singles.length,
    sizeBytes: singles.reduce((bytes, single) => bytes + single.sizeBytes, 0),
    highWatermark,
    offset: (index) => at(index).offset(0),
    timestamp: (index) => at(index).timestamp(0),
    key: (index) => at(index).key(0),
    value: (index) => at(index).value(0),
    headers: (index) => at(index).headers(0),
  }
}

function hostOf(written: Written[], globals: ReadonlyMap<string, GlobalTable>): TaskHost {
  return {
    clock: new ManualClock(),
    logger: silentLogger,
    metrics: new MetricsRegistry(),
    lookup: () => missing(),
    output: (topic, key, value, timestamp, headers) => written.push({ topic, key, value, timestamp, headers }),
    partitionsOf: () => 1,
    sinkWriter: () => missing(),
    openStores: () => createMemoryStores(),
    globalView: (node) => globals.get(node)!.view,
    isTransactional: false,
    requestCommit: () => {},
  }
}

function missing(): never {
  throw new StreamsError({ code: 'TABLE_MISSING', what: 'A random topology has no tables', hint: 'Do without.' })
}
