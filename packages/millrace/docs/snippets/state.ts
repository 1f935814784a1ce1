import { hours, integer, json, keyValueStore, long, minutes, string, topology, versionedStore } from 'millrace'
import type { KeyValueStore, ProcessorContext } from 'millrace/ports'

// #region named
export const named = topology('named', (t) => {
  t.source('visits', { value: string() })
    .groupByKey()
    .count({ store: 'visits-per-page', storage: 'memory', logged: true, cache: 1_048_576 })
    .toStream()
    .to('visits-per-page')
})
// #endregion

// #region stores
export const firstPages = topology('first-pages', (t) => {
  const first = t.store(keyValueStore({ name: 'first-page', key: string(), value: string() }))
  t.source('visits', { value: string() })
    .process(
      (context: ProcessorContext<string, string, { readonly first: KeyValueStore<string, string> }>) => ({
        process({ key: visitor, value: page }) {
          if (visitor === null || context.stores.first.putIfAbsent(visitor, page) !== undefined) return
          context.forward({ key: visitor, value: page })
        },
      }),
      { stores: { first } },
    )
    .to('first-pages')
})
// #endregion

// #region kinds
export const levels = versionedStore({ name: 'levels', key: string(), value: integer(), history: hours(1) })
// #endregion

// #region duplicates
interface Order {
  readonly id: string
}

/** Lets an order through unless one of its id came less than an hour before it. */
export const withoutDuplicates = topology('without-duplicates', (t) => {
  const seen = t.store(keyValueStore({ name: 'seen', key: string(), value: long() }))
  t.source('orders', { value: json<Order>() })
    .selectKey((order) => order.id)
    .repartition({ name: 'by-id' }) // equal ids meet in one task
    .processValues(
      (context: ProcessorContext<string, Order, { readonly seen: KeyValueStore<string, number> }>) => {
        context.schedule(minutes(10), 'stream-time', (now) => {
          for (const [id, at] of context.stores.seen.all()) {
            if (at <= now - hours(1)) context.stores.seen.delete(id)
          }
        })
        return {
          process(record) {
            const last = context.stores.seen.get(record.key)
            if (last !== undefined && record.timestamp - last < hours(1)) return
            context.stores.seen.put(record.key, record.timestamp)
            context.forward(record)
          },
        }
      },
      { stores: { seen } },
    )
    .to('orders.once')
})
// #endregion
