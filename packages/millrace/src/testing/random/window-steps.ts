import { hopping, type KTable, session, sliding, tumbling, untilWindowCloses } from '../../dsl/index.ts'
import { json, string, type Windowed } from '../../serde/index.ts'
import { addStream, type Pool, type Step, streamAt, type Value } from './random-pipeline.ts'

const serdes = { key: string(), value: json<Value>() }

/** Windowed aggregations; their results go on as a stream whose keys name the window. */
export const windowSteps: Readonly<Record<string, (pool: Pool, step: Step) => void>> = {
  tumbling: (pool, step) => {
    const windows = tumbling(10 + step.n, { grace: graceOf(step) })
    add(pool, step, grouped(pool, step).windowedBy(windows).count(emitOf(step)))
  },
  hopping: (pool, step) => {
    const windows = hopping(20, { advance: 7, grace: graceOf(step) })
    add(pool, step, grouped(pool, step).windowedBy(windows).count(emitOf(step)))
  },
  sliding: (pool, step) => {
    const windows = sliding(10, { grace: graceOf(step) })
    add(pool, step, grouped(pool, step).windowedBy(windows).count(emitOf(step)))
  },
  session: (pool, step) => {
    const windows = session(8, { grace: graceOf(step) })
    add(pool, step, grouped(pool, step).windowedBy(windows).count(emitOf(step)))
  },
}

function grouped(pool: Pool, { a }: Step) {
  return streamAt(pool, a).groupByKey(serdes)
}

function graceOf({ n }: Step): number {
  return (n % 3) * 10
}

function emitOf({ n }: Step): { readonly emit?: 'on-window-close' } {
  return n % 4 === 1 ? { emit: 'on-window-close' } : {}
}

function add(pool: Pool, { n }: Step, table: KTable<Windowed<string>, number>): void {
  const results = n % 4 === 2 ? table.suppress(untilWindowCloses()) : table
  const stream = results.toStream().map(({ key, value }) => ({
    key: `${key.key}@${key.window.start}-${key.window.end}`,
    value: value as Value,
  }))
  addStream(pool, stream)
}
