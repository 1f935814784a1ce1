import { StreamsError } from '../../../errors/index.ts'
import type { SuiteTools } from '../transport/transport-case.ts'
import { checkCases } from './check-cases.ts'
import { flushCases } from './flush-cases.ts'
import { readCases } from './read-cases.ts'
import { type Expect, Ratings, ratingsTable, sinkOptions, type TableCase, type TableHarness } from './table-case.ts'
import { writeCases } from './write-cases.ts'

export type { TableHarness, TableStoreUnderTest } from './table-case.ts'

const testTimeoutMs = 60_000
const unreachableTitle = 'rejects open with SINK_UNREACHABLE when no server answers'

const groups: readonly (readonly [title: string, cases: readonly TableCase[]])[] = [
  ['writes', writeCases],
  ['flushes', flushCases],
  ['reads', readCases],
  ['check', checkCases],
]

/**
 * The contract of `TableStore` as tests. An adapter is one when it passes them all; what it cannot do it names, and a
 * skip is shown with its reason. One that names no test fails, so that skips do not outlive their cause.
 *
 * ```ts
 * tableSuite('my store', {
 *   create: async () => ({
 *     store: createMyStore(),
 *     uniqueName: (prefix) => `suite.${prefix}_${++last}`, // servers outlive tests: never the same name twice
 *     createTable: async (table) => {},                    // makes the table, and its keyspace
 *     dispose: async () => {},
 *   }),
 * }, { describe, it, expect })
 * ```
 */
export function tableSuite(name: string, harness: TableHarness, tools: SuiteTools): void {
  const skips = new Map(Object.entries(harness.skips ?? {}))
  if (harness.unreachable === undefined) skips.set(unreachableTitle, 'the harness has no unreachable()')
  tools.describe(`table store: ${name}`, () => {
    for (const [title, cases] of groups) {
      tools.describe(title, () => {
        for (const each of cases) defineTest(each, harness, skips.get(each.title), tools)
      })
    }
    tools.it('skips only tests that exist', async () => {
      const titles = new Set(groups.flatMap(([, cases]) => cases.map((each) => each.title)))
      tools.expect([...skips.keys()].filter((title) => !titles.has(title))).toEqual([])
    })
  })
}

function defineTest(
  { title, run }: TableCase,
  harness: TableHarness,
  skip: string | undefined,
  tools: SuiteTools,
): void {
  if (skip !== undefined) {
    tools.it.skip(`${title} (skipped: ${skip})`, async () => {})
    return
  }
  tools.it(title, () => runCase(run, harness, tools.expect), testTimeoutMs)
}

async function runCase(run: TableCase['run'], harness: TableHarness, expect: Expect): Promise<void> {
  const { store, uniqueName, createTable, dispose } = await harness.create()
  try {
    await run({
      store,
      uniqueName,
      createTable,
      dispose,
      unreachable: harness.unreachable?.(),
      expect,
      until,
      ratings: async (options) => {
        const table = ratingsTable(uniqueName('ratings'))
        await createTable(table)
        const sink = store.sink(table, { ...sinkOptions, ...options })
        await sink.open()
        return new Ratings(table, store, (listener) => sink.writer(listener))
      },
    })
  } finally {
    await store.close()
    await dispose()
  }
}

/** Resolves when the condition holds. */
async function until(what: string, condition: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > giveUpMs) {
      throw new StreamsError({ code: 'TASK_STALLED', what: `Waited 30 s until ${what}`, hint: 'See the test.' })
    }
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}
