import { TransportCaseContext } from './case-context.ts'
import { commitCases } from './commit-cases.ts'
import { deleteRecordsCases } from './delete-records-cases.ts'
import { flowCases } from './flow-cases.ts'
import { infoCases } from './info-cases.ts'
import { lifecycleCases } from './lifecycle-cases.ts'
import { logCases } from './log-cases.ts'
import { positionCases } from './position-cases.ts'
import { readerCases } from './reader-cases.ts'
import { rebalanceCases } from './rebalance-cases.ts'
import { topicCases } from './topic-cases.ts'
import { transactionCases } from './transaction-cases.ts'
import { transactionFenceCases } from './transaction-fence-cases.ts'
import type { SuiteTools, TransportCase, TransportHarness } from './transport-case.ts'

const testTimeoutMs = 90_000

const groups: readonly (readonly [title: string, cases: readonly TransportCase[]])[] = [
  ['life cycle', lifecycleCases],
  ['topics', topicCases],
  ['log', logCases],
  ['positions', positionCases],
  ['commits', commitCases],
  ['flow', flowCases],
  ['rebalances', rebalanceCases],
  ['what members tell each other', infoCases],
  ['readers', readerCases],
  ['deleted records', deleteRecordsCases],
  ['transactions', transactionCases],
  ['owners of transactions', transactionFenceCases],
]

/**
 * The contract of `Transport` as tests. An adapter is one when it passes them all; what it cannot do it names.
 *
 * ```ts
 * // my-transport.test.ts
 * import { describe, expect, it } from 'vitest'
 *
 * transportSuite('my transport', {
 *   create: async () => ({
 *     transport: new MyTransport({ address }),          // not connected: the suite connects and closes it
 *     uniqueName: (prefix) => `${prefix}-${randomUUID()}`, // servers outlive tests: never the same name twice
 *     dispose: async () => {},                          // what create() started apart from the transport
 *   }),
 *   unreachable: () => new MyTransport({ address: '127.0.0.1:1' }),
 *   skips: { 'keeps null header values apart from empty ones': 'the client writes null as empty (its issue 17)' },
 * }, { describe, it, expect })
 * ```
 *
 * - Every test has a transport, topics and groups of its own; they may run against one server, one after another.
 * - Several consumers and producers are made from one transport.
 * - Tests wait for events and not for time; a wait gives up after 30 s and then says what each member has seen.
 * - In every test the listener notes what the contract forbids (calls out of order, gaps, repeats, batches of paused
 *   partitions); a test with such a note fails, whatever it is about.
 * - A skip is shown with its reason. One that names no test fails, so that skips do not outlive their cause.
 */
export function transportSuite(name: string, harness: TransportHarness, tools: SuiteTools): void {
  const skips = new Map(Object.entries(harness.skips ?? {}))
  if (!harness.unreachable) skips.set(unreachableTitle, 'the harness has no unreachable()')
  tools.describe(`transport: ${name}`, () => {
    for (const [title, cases] of groups) {
      tools.describe(title, () => {
        for (const each of cases) defineTest(each, harness, skips, tools)
      })
    }
    tools.it('skips only tests that exist', async () => {
      const titles = new Set(groups.flatMap(([, cases]) => cases.map((each) => each.title)))
      tools.expect([...skips.keys()].filter((title) => !titles.has(title))).toEqual([])
    })
  })
}

const unreachableTitle = 'rejects connect with TRANSPORT_UNREACHABLE when no server answers'

function defineTest(
  { title, run }: TransportCase,
  harness: TransportHarness,
  skips: ReadonlyMap<string, string>,
  tools: SuiteTools,
): void {
  const reason = skips.get(title)
  if (reason !== undefined) {
    tools.it.skip(`${title} (skipped: ${reason})`, async () => {})
    return
  }
  const test = async (): Promise<void> => {
    const underTest = await harness.create()
    const context = new TransportCaseContext(underTest, harness.unreachable?.() ?? null, tools.expect)
    try {
      await underTest.transport.connect()
      await run(context)
    } finally {
      await context.close()
    }
    context.expectNoViolations()
  }
  tools.it(title, test, testTimeoutMs)
}

export type { SuiteTools, TransportHarness, TransportUnderTest } from './transport-case.ts'
