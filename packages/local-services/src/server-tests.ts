import { describe, inject } from 'vitest'
import type { TestServers } from './vitest-servers.ts'

/** The addresses of a Kafka that runs. */
export type TestKafka = Extract<TestServers['kafka'], { brokers: unknown }>

/** The addresses of a Cassandra that runs. */
export type TestCassandra = Extract<TestServers['cassandra'], { contactPoints: unknown }>

// a skipped suite is still collected, so its factory needs something to look at
const noKafka: TestKafka = { brokers: [] }
const noCassandra: TestCassandra = { contactPoints: [], localDataCenter: '' }

/** `describe` for tests that need a real Kafka; without one they are skipped and the title says why. */
export function describeWithKafka(title: string, define: (kafka: TestKafka) => void): void {
  const { kafka } = inject('servers')
  describeUnless([skipReason(kafka)], title, () => define('skipped' in kafka ? noKafka : kafka))
}

/** `describe` for tests that need a real Cassandra; without one they are skipped and the title says why. */
export function describeWithCassandra(title: string, define: (cassandra: TestCassandra) => void): void {
  const { cassandra } = inject('servers')
  describeUnless([skipReason(cassandra)], title, () => define('skipped' in cassandra ? noCassandra : cassandra))
}

/** `describe` for tests that need both; without one of them they are skipped and the title says why. */
export function describeWithServers(
  title: string,
  define: (servers: { readonly kafka: TestKafka; readonly cassandra: TestCassandra }) => void,
): void {
  const { kafka, cassandra } = inject('servers')
  describeUnless([skipReason(kafka), skipReason(cassandra)], title, () =>
    define({
      kafka: 'skipped' in kafka ? noKafka : kafka,
      cassandra: 'skipped' in cassandra ? noCassandra : cassandra,
    }),
  )
}

function skipReason(server: TestServers['kafka'] | TestServers['cassandra']): string | undefined {
  return 'skipped' in server ? server.skipped : undefined
}

function describeUnless(reasons: readonly (string | undefined)[], title: string, define: () => void): void {
  const known = [...new Set(reasons.filter((reason) => reason !== undefined))]
  const suite = known.length > 0 ? describe.skip : describe
  suite(`${title}${known.length > 0 ? ` [skipped: ${known.join('; ')}]` : ''}`, () => {
    define()
  })
}
