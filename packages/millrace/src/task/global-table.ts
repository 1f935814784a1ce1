import type { GlobalTableNode } from '../plan/index.ts'
import type { Counter } from '../ports/metrics.ts'
import type { RecordBatch } from '../ports/record.ts'
import { readableRows, type TableView } from '../processors/index.ts'
import type { StoreFactory } from '../state/index.ts'

/** A global table of one instance: its rows, kept by the records of its topic in the order of each partition. */
export class GlobalTable {
  readonly view: TableView
  readonly store: ReturnType<StoreFactory['open']>
  readonly #put: (key: unknown, value: { readonly value: unknown; readonly timestamp: number } | null) => void
  readonly #node: GlobalTableNode
  readonly #dropped: Counter

  /** `dropped` counts records without a key, which a table cannot hold. */
  constructor(node: GlobalTableNode, stores: StoreFactory, dropped: Counter = { value: 0 }) {
    const store = stores.open(node.store)
    this.#node = node
    this.#dropped = dropped
    this.store = store
    this.#put = (key, value) => store.put(key, value)
    this.view = { get: (key) => store.get(key), isVersioned: false, rows: readableRows(store) }
  }

  get topic(): string {
    return this.#node.topic
  }

  update(batch: RecordBatch): void {
    const { keySerde, valueSerde } = this.#node.store
    for (let index = 0; index < batch.count; index++) {
      const key = batch.key(index)
      const value = batch.value(index)
      if (key === null) this.#dropped.value++
      else {
        const timestamp = batch.timestamp(index)
        const row = value === null ? null : { value: valueSerde.deserialize(value, batch.topic), timestamp }
        this.#put(keySerde.deserialize(key, batch.topic), row)
      }
    }
  }
}
