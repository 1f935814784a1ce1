import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkEqual } from '../benchmark-error.ts'
import type { Column } from '../markdown-table.ts'
import type { Bench, Measurement, Section } from '../measurement.ts'
import { decimal, whole } from '../numbers.ts'
import type { KeyedSumsInput, KeyedSumsStart } from '../sides/keyed-sums.ts'
import { median } from '../statistics.ts'
import { createTopics, deleteTopics } from '../topics.ts'

const columns: readonly Column[] = [
  { title: '' },
  { title: 'partitions', align: 'right' },
  { title: 'records replayed', align: 'right' },
  { title: 'restored in, s', align: 'right' },
  { title: 'records/s', align: 'right' },
  { title: 'run() to running, s', align: 'right' },
  { title: 'CPU µs per record', align: 'right' },
  { title: 'heap bytes per key', align: 'right' },
  { title: 'peak RSS, MB', align: 'right' },
  { title: 'longest block, ms', align: 'right' },
]

/** One way to start, from what one kind of end has left. */
interface Start {
  readonly name: string
  readonly storage: 'memory' | 'persistent'
  readonly left: 'nothing' | 'all' | 'older'
}

interface Row extends Start {
  readonly partitions: number
  readonly starts: KeyedSumsStart[]
}

/** Which part of the keys the older local state lacks: about what is processed between two commits. */
const lackingPart = 1 / 10

const starts: readonly Start[] = [
  { name: 'memory', storage: 'memory', left: 'nothing' },
  { name: 'LMDB, cold', storage: 'persistent', left: 'nothing' },
  { name: 'LMDB, warm', storage: 'persistent', left: 'all' },
  { name: 'LMDB, after a crash', storage: 'persistent', left: 'older' },
]

/** From `run()` to `running` with a store of many keys. */
export const restore: Measurement = {
  name: 'restore',
  summary:
    'start of an app with a store of --records keys over 1 and 8 partitions: memory, LMDB cold, warm and crashed',
  async run(bench) {
    const rows: Row[] = []
    for (const partitions of [1, 8]) rows.push(...(await measurePartitions(bench, partitions)))
    return [sectionOf(rows, bench)]
  },
}

async function measurePartitions(bench: Bench, partitions: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    return await measureIn(folder, bench, partitions)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureIn(folder: string, bench: Bench, partitions: number): Promise<readonly Row[]> {
  const brokers = await bench.servers.brokers()
  const [topic, applicationId] = [bench.uniqueName('keys'), bench.uniqueName('sums')]
  await createTopics(brokers, [topic], partitions)
  const app = { brokers, topic, applicationId, keys: bench.records }
  await buildState(folder, bench, app, partitions)
  const rows = starts.map((start): Row => ({ ...start, partitions, starts: [] }))
  for (let round = 1; round <= bench.rounds; round++) {
    for (const row of rows) await startOnce(folder, bench, app, row, round)
  }
  await deleteTopics(brokers, [topic, `${applicationId}-sums-changelog`])
  return rows
}

type App = Pick<KeyedSumsInput, 'brokers' | 'topic' | 'applicationId' | 'keys'>

/** Runs the app over all of its input, and keeps a copy of its local state from before the last tenth. */
async function buildState(folder: string, bench: Bench, app: App, partitions: number): Promise<void> {
  const { brokers, topic } = app
  const before = app.keys - Math.round(app.keys * lackingPart)
  const stateFolder = join(folder, 'all')
  for (const [from, to] of [
    [0, before],
    [before, app.keys],
  ] as const) {
    if (from > 0) cpSync(stateFolder, join(folder, 'older'), { recursive: true })
    await bench.children.run('produce-keys', { brokers, topic, partitions, from, to })
    bench.progress(`Restore, ${partitions} partitions: ${whole(to - from)} records are produced`)
    const input = { ...app, keys: to, storage: 'persistent', stateFolder, processes: true } as const
    const { processBlockMs } = await bench.children.run('keyed-sums', input)
    bench.progress(
      `Restore, ${partitions} partitions: keys up to ${whole(to)}, longest block ${whole(processBlockMs)} ms`,
    )
  }
}

async function startOnce(folder: string, bench: Bench, app: App, row: Row, round: number): Promise<void> {
  const stateFolder = join(folder, 'run')
  rmSync(stateFolder, { recursive: true, force: true })
  if (row.left !== 'nothing') cpSync(join(folder, row.left), stateFolder, { recursive: true })
  const { storage } = row
  const start = await bench.children.run('keyed-sums', { ...app, storage, stateFolder, processes: false })
  const replayed = { nothing: app.keys, all: 0, older: Math.round(app.keys * lackingPart) }[row.left]
  checkEqual(`${row.name}: records replayed`, start.records, replayed)
  row.starts.push(start)
  bench.progress(
    `Restore, round ${round} of ${bench.rounds}: ${row.name}, ${row.partitions} partitions: ${whole(start.records)} ` +
      `records in ${decimal(start.restoreMs / 1000, 2)} s, running after ${decimal(start.wallMs / 1000, 2)} s`,
  )
}

function sectionOf(rows: readonly Row[], { records }: Bench): Section {
  return {
    title: 'Restore',
    columns,
    rows: rows.map(({ name, partitions, starts: all }) => {
      const replayed = median(all.map((start) => start.records))
      return [
        name,
        whole(partitions),
        whole(replayed),
        decimal(median(all.map(({ restoreMs }) => restoreMs)) / 1000, 2),
        replayed === 0 ? '-' : whole(median(all.map((start) => (start.records / start.restoreMs) * 1000))),
        decimal(median(all.map(({ wallMs }) => wallMs)) / 1000, 2),
        replayed === 0 ? '-' : decimal(median(all.map((start) => (start.cpuMs / start.records) * 1000)), 1),
        whole(median(all.map(({ heapBytesPerKey }) => heapBytesPerKey))),
        whole(median(all.map(({ peakRssMb }) => peakRssMb))),
        whole(median(all.map(({ startBlockMs }) => startBlockMs))),
      ]
    }),
    goals: [],
    notes: [
      `A sum by key over ${whole(records)} keys (text of 8 bytes; values are a time and a double, 16 bytes), on one instance; its changelog was written by the app itself. Restored in: from when the group is joined until the app is running. CPU time is that of the whole start, loading the code included. After a crash: the local state lacks the last tenth of what is committed. Each start checks how many records it replayed, the number of keys, their sum and some values. Longest block: how long the event loop was busy with one thing, at most, while restoring.`,
    ],
    raw: rows,
  }
}
