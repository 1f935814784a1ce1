import type { EmbeddedServer } from '../../adapters/embedded/index.ts'
import type { CompiledTopology } from '../../compile/index.ts'
import type { StateStore, TableSpec, TopicPartition } from '../../ports/index.ts'
import { type App, runnersOf } from '../../runtime/app.ts'
import { withoutOrigin } from '../../processors/index.ts'
import { observerId } from './faults.ts'
import type { SeededClock } from './seeded-clock.ts'

/** What a run has come to; everything as text that can be compared and printed. */
export interface Observed {
  /** By `store of task`: its entries in order, with times. */
  readonly stores: ReadonlyMap<string, readonly string[]>
  /** By table: its rows, sorted. */
  readonly tables: ReadonlyMap<string, readonly string[]>
  /** By `topic/partition`, then key: records in order. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
}

/** The stores of all tasks, or undefined while a task is nobody's, several processes', or being restored. */
export function storesOf(
  apps: readonly App[],
  taskIds: readonly string[],
): ReadonlyMap<string, readonly string[]> | undefined {
  const runners = apps.flatMap((app) => runnersOf(app))
  if (runners.length !== taskIds.length || runners.some((runner) => !runner.isStarted)) return undefined
  const stores = new Map<string, readonly string[]>()
  for (const id of [...taskIds].sort()) {
    const runner = runners.find(({ task }) => task.id === id)
    if (runner === undefined) return undefined
    for (const [name, store] of runner.task.stores) stores.set(`${name} of ${id}`, entriesOf(store))
  }
  return stores
}

/** Versioned stores have no iteration; what they give is seen in outputs. */
function entriesOf(store: StateStore & { all?(): Iterable<unknown> }): readonly string[] {
  return store.all === undefined ? [] : [...store.all()].map(textOf)
}

export async function tablesOf(
  server: EmbeddedServer,
  topology: CompiledTopology,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const specs = new Map<string, TableSpec>()
  for (const node of topology.plan.nodes) {
    if (node.kind === 'table-sink') specs.set(`${node.table.keyspace}.${node.table.table}`, node.table)
  }
  const rows = new Map<string, readonly string[]>()
  for (const [name, spec] of specs) {
    const sample = await server.tables.reader(spec).sample(Number.MAX_SAFE_INTEGER)
    rows.set(name, sample.map(textOf).sort())
  }
  return rows
}

/** What readers of the output topics get that read what is committed. */
export async function outputsOf(
  server: EmbeddedServer,
  topics: readonly string[],
  clock: SeededClock,
): Promise<Observed['outputs']> {
  const transport = server.transport()
  await transport.connect()
  const counts = await transport.admin.partitionCounts(topics)
  const partitions = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition): TopicPartition => ({ topic, partition })),
  )
  const ends = await transport.admin.stableOffsets(partitions)
  const open = new Set(ends.filter(({ offset }) => offset > 0).map(({ topic, partition }) => `${topic}/${partition}`))
  const outputs = new Map<string, Map<string, string[]>>()
  const reader = transport.reader(
    { clientId: observerId, isolation: 'read_committed' },
    {
      onBatch: (batch) => {
        const place = `${batch.topic}/${batch.partition}`
        const byKey = outputs.get(place) ?? new Map<string, string[]>()
        outputs.set(place, byKey)
        for (let index = 0; index < batch.count; index++) {
          const key = textOf(batch.key(index))
          const record = [batch.value(index), batch.timestamp(index), withoutOrigin(batch.headers(index))]
          byKey.set(key, [...(byKey.get(key) ?? []), textOf(record)])
        }
        const end = ends.find((one) => one.topic === batch.topic && one.partition === batch.partition)!
        if (batch.nextOffset >= end.offset) open.delete(place)
      },
      onFailed: () => {},
    },
  )
  reader.add(partitions.map((one) => ({ ...one, offset: 0 })))
  while (open.size > 0) await clock.sleep(1)
  await transport.close()
  return outputs
}

/** Buffers as text where they are, else in hex. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, function replace(this: Record<string, unknown>, key: string, given: unknown) {
    const held = key === '' ? given : this[key]
    if (Buffer.isBuffer(held)) return isText(held) ? held.toString() : `0x${held.toString('hex')}`
    if (held instanceof Map) return [...held]
    return typeof held === 'bigint' ? String(held) : given
  })
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
}
