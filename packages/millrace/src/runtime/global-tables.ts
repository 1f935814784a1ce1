import type { CompiledTopology } from '../compile/index.ts'
import type { StreamsError } from '../errors/index.ts'
import type { Counter, StateStore, TopicPartition, Transport } from '../ports/index.ts'
import { GlobalTable } from '../task/index.ts'
import type { TableView } from '../processors/index.ts'
import type { StoreFactory } from '../state/index.ts'
import { ChangelogReader } from './changelog-reader.ts'

export interface GlobalTablesParts {
  readonly applicationId: string
  readonly transport: Transport
  readonly stores: StoreFactory
  readonly partitionCounts: ReadonlyMap<string, number>
  readonly restored: Counter
  /** Records without a key. */
  readonly dropped: Counter
  readonly onFailed: (error: StreamsError) => void
}

/**
 * The global tables of one app, shared by all its members: every row of every partition. They are read to the end
 * before anything is processed, and followed from then on, whenever records come, without regard to event time.
 */
export class GlobalTables {
  readonly #tables: ReadonlyMap<string, GlobalTable>
  readonly #topics: readonly string[]
  readonly #parts: GlobalTablesParts
  readonly #reader: ChangelogReader

  constructor(topology: CompiledTopology, parts: GlobalTablesParts) {
    this.#parts = parts
    this.#reader = new ChangelogReader(parts.transport, `${parts.applicationId}-global`)
    this.#tables = new Map(
      topology.globalTables.map((node) => [node.id, new GlobalTable(node, parts.stores, parts.dropped)]),
    )
    this.#topics = topology.globalTables.map((node) => node.topic)
  }

  view(node: string): TableView {
    return this.#tables.get(node)!.view
  }

  get stores(): readonly StateStore[] {
    return [...this.#tables.values()].map(({ store }) => store)
  }

  /** Resolves when every table has what its topic held at the call. */
  async start(): Promise<void> {
    const { transport, partitionCounts } = this.#parts
    const partitions = this.#topics.flatMap((topic) =>
      Array.from({ length: partitionCounts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
    )
    if (partitions.length === 0) return
    const starts = await transport.admin.offsets(partitions, 'earliest')
    const ends = await transport.admin.stableOffsets(partitions)
    await Promise.all(
      starts.map(({ topic, partition, offset }) => {
        const end = ends.find((one) => one.topic === topic && one.partition === partition)?.offset ?? 0
        return this.#follow({ topic, partition }, offset, end)
      }),
    )
  }

  async close(): Promise<void> {
    await this.#reader.close()
    this.#parts.stores.close()
  }

  /** Resolves at `end`, and goes on. */
  #follow(partition: TopicPartition, from: number, end: number): Promise<void> {
    const { restored, onFailed } = this.#parts
    const tables = [...this.#tables.values()].filter(({ topic }) => topic === partition.topic)
    return new Promise((resolve, reject) => {
      this.#reader.follow(
        partition,
        from,
        (batch) => {
          for (const table of tables) table.update(batch)
          restored.value += batch.count
          if (batch.nextOffset >= end) resolve()
        },
        (error) => {
          reject(error)
          onFailed(error)
        },
      )
      if (from >= end) resolve()
    })
  }
}
