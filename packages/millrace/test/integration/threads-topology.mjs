// Counts per key, for threads.test.ts: threads load it by itself, from the built package.
import { json, string, topology } from 'millrace'

export const counts = topology('thread-counts', (t) => {
  t.source(process.env.THREADS_TOPIC, { key: string(), value: json() })
    .groupByKey()
    .count({ store: 'counts' })
    .toStream()
    .to(`${process.env.THREADS_TOPIC}-out`, { key: string(), value: json() })
})
