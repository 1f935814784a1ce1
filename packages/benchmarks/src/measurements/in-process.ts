import { commitRecords } from '../in-process/bench-task.ts'
import type { Storage, WorkloadName } from '../in-process/workloads.ts'
import type { Column } from '../markdown-table.ts'
import type { Bench, Measurement, Section } from '../measurement.ts'
import { decimal, whole } from '../numbers.ts'
import type { InProcessResult } from '../sides/in-process.ts'
import { median } from '../statistics.ts'

const columns: readonly Column[] = [
  { title: '' },
  { title: 'store' },
  { title: 'keys', align: 'right' },
  { title: 'records/s', align: 'right' },
  { title: 'CPU µs per record', align: 'right' },
  { title: 'heap bytes per key', align: 'right' },
  { title: 'disk bytes per key', align: 'right' },
]

const fewKeys = 10
const manyKeys = 1_000_000

interface Contender {
  readonly workload: WorkloadName
  readonly storage: Storage
  readonly keys: number
  readonly results: InProcessResult[]
}

/** One task without a broker, a runtime or a sink: what the pipeline and its stores take by themselves. */
export const inProcess: Measurement = {
  name: 'in-process',
  summary:
    'one task alone: map and filter, counts, hourly counts and joins; memory and LMDB stores; 10 and 1000000 keys',
  async run(bench) {
    const contenders = contendersOf(bench.records)
    for (let round = 1; round <= bench.rounds; round++) {
      for (const contender of contenders) await runOnce(bench, contender, round)
    }
    return [sectionOf(contenders, bench)]
  },
}

function contendersOf(records: number): readonly Contender[] {
  const stateful: readonly WorkloadName[] = ['count', 'hourly count', 'stream–table join', 'stream–stream join']
  const many = Math.min(manyKeys, records)
  return [
    { workload: 'map and filter', storage: 'memory', keys: fewKeys, results: [] },
    ...stateful.flatMap((workload) =>
      (['memory', 'persistent'] as const).flatMap((storage) =>
        [fewKeys, many].map((keys) => ({ workload, storage, keys, results: [] })),
      ),
    ),
  ]
}

async function runOnce(bench: Bench, { workload, storage, keys, results }: Contender, round: number): Promise<void> {
  const result = await bench.children.run('in-process', { workload, storage, keys, records: bench.records })
  results.push(result)
  bench.progress(
    `In process, round ${round} of ${bench.rounds}: ${workload}, ${storage}, ${whole(keys)} keys: ` +
      `${whole(perSecond(result))} records/s, ${decimal(cpuUs(result), 2)} µs CPU per record`,
  )
}

function sectionOf(contenders: readonly Contender[], { records }: Bench): Section {
  const rows = contenders.map(({ workload, storage, keys, results }) => {
    const isStateful = workload !== 'map and filter'
    const isMany = isStateful && keys > fewKeys
    const isOnDisk = isMany && storage === 'persistent'
    return [
      workload,
      isStateful ? { memory: 'memory', persistent: 'LMDB' }[storage] : 'none',
      isStateful ? whole(keys) : '-',
      whole(median(results.map(perSecond))),
      decimal(median(results.map(cpuUs)), 2),
      isMany ? whole(median(results.map(({ heapBytesPerKey }) => heapBytesPerKey))) : '-',
      isOnDisk ? whole(median(results.map(({ diskBytesPerKey }) => diskBytesPerKey))) : '-',
    ]
  })
  return {
    title: 'In process',
    columns,
    rows,
    goals: [],
    notes: [
      `One task on one thread, given prepared batches of 1,000 records; keys are text of 8 bytes, values doubles. Every key is seen once before ${whole(records)} records are measured, from bytes to bytes: reading and writing them with the serdes is part of it. Every ${whole(commitRecords)} records stores give up their changes, as they do for a changelog, and LMDB stores write them to disk in a transaction. Bytes per key are what the process holds more after garbage collection when every key has been seen once (heap and buffers), and the size of the LMDB file; a stream–stream join then holds two records per key. Each run checks how many records came out, and what its store adds up to.`,
    ],
    raw: contenders,
  }
}

function perSecond({ records, wallMs }: InProcessResult): number {
  return (records / wallMs) * 1000
}

function cpuUs({ records, cpuMs }: InProcessResult): number {
  return (cpuMs / records) * 1000
}
