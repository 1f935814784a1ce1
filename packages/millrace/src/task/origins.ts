import { isSameInput, type RecordOriginMark } from '../processors/index.ts'
import type { CommittedState, Origin } from './commit-metadata.ts'

/**
 * How far the records of internal topics have come, by the partition of the task that wrote them. A writer that crashed
 * writes again what it had written since its last commit; each of its records says what it was processing (`offset`) and
 * which of the results it is (`index`), both of which rise, so what is not above the highest has been processed before.
 */
export class Origins {
  readonly #byTopic = new Map<string, Map<number, Origin>>()

  /** Begins where a commit ended. */
  restore(topics: readonly string[], committed: CommittedState | undefined): void {
    for (const topic of topics) this.#byTopic.set(topic, new Map(committed?.origins(topic)))
  }

  isSeen(topic: string, { partition, offset, index }: RecordOriginMark): boolean {
    const last = this.#byTopic.get(topic)?.get(partition)
    if (last === undefined) return false
    return offset < last.offset || (offset === last.offset && index <= last.index)
  }

  add(topic: string, origin: RecordOriginMark): void {
    const known = this.#byTopic.get(topic)
    if (known === undefined) return
    if (!known.has(origin.partition)) {
      const [one] = known.keys()
      // the writer's source has another topic than before: nothing of it has been seen, nothing else will come
      if (one !== undefined && !isSameInput(one, origin.partition)) known.clear()
    }
    known.set(origin.partition, origin)
  }

  /** A copy that stays as it is. */
  snapshot(): ReadonlyMap<string, ReadonlyMap<number, Origin>> {
    return new Map(
      [...this.#byTopic].filter(([, origins]) => origins.size > 0).map(([topic, of]) => [topic, new Map(of)]),
    )
  }
}
