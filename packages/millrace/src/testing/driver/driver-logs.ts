import type { CompiledTopology } from '../../compile/index.ts'
import type { Written } from './driver-outputs.ts'

/** The topics that a driver reads again after a restart: inputs, internal ones, and the changelogs of its stores. */
export class DriverLogs {
  readonly #topics = new Map<string, Written[]>()
  readonly #changelogs: ReadonlyMap<string, string>
  /** Every record in the order in which they came, changelogs apart. */
  readonly order: { readonly record: Written; readonly offset: number }[] = []

  constructor(topology: CompiledTopology) {
    const changelogs = topology.subTopologies.flatMap((sub) => sub.changelogs)
    this.#changelogs = new Map(changelogs.map(({ storeName, topic }) => [storeName, topic]))
    for (const { topic, isSource } of changelogs) if (!isSource) this.#topics.set(topic, [])
    this.changelogTopics = [...this.#topics.keys()]
  }

  /** Those that tasks write. */
  readonly changelogTopics: readonly string[]

  of(topic: string): readonly Written[] {
    return this.#topics.get(topic) ?? []
  }

  /** Gives the record's offset. */
  append(record: Written): number {
    const log = this.#topics.get(record.topic) ?? []
    if (log.length === 0) this.#topics.set(record.topic, log)
    const offset = log.push(record) - 1
    this.order.push({ record, offset })
    return offset
  }

  appendChange(record: Written): void {
    this.#topics.get(record.topic)?.push(record)
  }

  /** What a store is restored from; undefined for one without a changelog. */
  changelogOf(storeName: string): readonly Written[] | undefined {
    const topic = this.#changelogs.get(storeName)
    return topic === undefined ? undefined : this.of(topic)
  }
}
