import type { RangeOptions, ReadableKeyValueStore } from '../ports/state-store.ts'

/** The reads of a store alone: nobody but its own operation changes what a table holds. */
export function readableRows<K, V>(store: ReadableKeyValueStore<K, V>): ReadableKeyValueStore<K, V> {
  return Object.freeze({
    get: (key: K) => store.get(key),
    range: (from: K | undefined, to: K | undefined, options?: RangeOptions) => store.range(from, to, options),
    prefixScan: (prefix: Buffer, options?: RangeOptions) => store.prefixScan(prefix, options),
    all: (options?: RangeOptions) => store.all(options),
    get size() {
      return store.size
    },
  })
}

/** Rows of a table without a store, made of those of the table above when they are read; undefined leaves one out. */
export function derivedRows<K, V>(
  above: ReadableKeyValueStore<K, V>,
  derive: (row: V | undefined, key: K) => V | undefined,
): ReadableKeyValueStore<K, V> {
  function* derived(rows: Iterable<readonly [K, V]>): Iterable<readonly [K, V]> {
    for (const [key, row] of rows) {
      const own = derive(row, key)
      if (own !== undefined) yield [key, own]
    }
  }
  return Object.freeze({
    get: (key: K) => derive(above.get(key), key),
    range: (from: K | undefined, to: K | undefined, options?: RangeOptions) => derived(above.range(from, to, options)),
    prefixScan: (prefix: Buffer, options?: RangeOptions) => derived(above.prefixScan(prefix, options)),
    all: (options?: RangeOptions) => derived(above.all(options)),
    get size() {
      let size = 0
      for (const row of derived(above.all())) if (row !== undefined) size++
      return size
    },
  })
}
