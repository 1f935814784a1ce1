import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkEqual } from '../benchmark-error.ts'
import { BenchTask } from '../in-process/bench-task.ts'
import { type Internals, loadInternals } from '../in-process/internals.ts'
import { type Storage, type WorkloadName, workloads } from '../in-process/workloads.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { usedMemory } from '../used-memory.ts'

export interface InProcessInput {
  readonly workload: WorkloadName
  readonly storage: Storage
  readonly keys: number
  readonly records: number
}

export interface InProcessResult extends Measured {
  /** Growth from before the first record to when every key has been seen once and committed; garbage collected. */
  readonly heapBytesPerKey: number
  readonly rssBytesPerKey: number
  readonly diskBytesPerKey: number
}

const warmUpKeys = 1_000

/** Warms a task up, then fills a new one with every key and measures what comes after. */
export async function run(input: InProcessInput): Promise<InProcessResult> {
  const internals = await loadInternals()
  const warmUp = { ...input, keys: Math.min(input.keys, warmUpKeys), records: Math.min(input.records, 200_000) }
  measure(internals, warmUp)
  return measure(internals, input)
}

function measure(internals: Internals, input: InProcessInput): InProcessResult {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    return measureIn(folder, internals, input)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function measureIn(folder: string, internals: Internals, input: InProcessInput): InProcessResult {
  const { keys, records, storage } = input
  const workload = workloads[input.workload](keys, storage, records)
  const factory = storage === 'memory' ? internals.createMemoryStores() : internals.createLmdbStores(folder)
  const task = new BenchTask(internals, workload, factory)
  const before = usedMemory()
  task.run(workload.filled, keys)
  task.commit()
  const after = usedMemory()
  const diskBytes = bytesIn(folder)

  const [filledOutputs, topics] = [task.outputs, workload.measured.size]
  const perTopic = records / topics
  const isGoingOn = workload.filled.keys().next().value === workload.measured.keys().next().value
  const from = isGoingOn ? keys : 0
  const stop = startStopwatch()
  task.run(workload.measured, perTopic)
  const measured = stop(records)

  checkEqual(`${input.workload}: outputs`, task.outputs - filledOutputs, workload.outputsOf(from, from + perTopic))
  checkEqual(`${input.workload}: dropped records`, task.dropped, 0)
  const { expected } = workload
  if (expected !== undefined) {
    checkEqual(`${input.workload}: sum of the store`, task.sumOf(expected.store), expected.sumOf(from + perTopic))
  }
  task.close()
  return {
    ...measured,
    heapBytesPerKey: (after.heap - before.heap) / keys,
    rssBytesPerKey: (after.rss - before.rss) / keys,
    diskBytesPerKey: diskBytes / keys,
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0)
}
