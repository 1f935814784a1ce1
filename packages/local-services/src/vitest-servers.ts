import type { TestProject } from 'vitest/node'
import { ServicesError } from './services-error.ts'
import type { Report, Server } from './service.ts'
import { startCassandra, type CassandraServer } from './start-cassandra.ts'
import { startKafka, type KafkaServer } from './start-kafka.ts'

/** Why there is no server for the tests. */
export interface SkippedServer {
  readonly skipped: string
}

/** The real servers of a test run, as `inject('servers')` gives them. */
export interface TestServers {
  readonly kafka: { readonly brokers: string[] } | SkippedServer
  readonly cassandra: { readonly contactPoints: string[]; readonly localDataCenter: string } | SkippedServer
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: TestServers
  }
}

/** `auto`: skip with a reason when no server can be had · `required`: fail then · `off`: do not even try. */
type Mode = 'auto' | 'required' | 'off'

interface Started {
  readonly provided: TestServers
  readonly own: readonly Server[]
}

// vitest loads this file once per project; one start serves them all
const shared = globalThis as typeof globalThis & { millraceServers?: { started: Promise<Started>; users: number } }

/** Starts Kafka and Cassandra for a test run, both at a time, and stops them after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mode = readMode(process.env['MILLRACE_SERVERS'])
  shared.millraceServers ??= { started: startBoth(mode), users: 0 }
  const { millraceServers } = shared
  millraceServers.users += 1
  const { provided, own } = await millraceServers.started
  project.provide('servers', provided)
  return async () => {
    millraceServers.users -= 1
    if (millraceServers.users > 0) return
    delete shared.millraceServers
    await Promise.all(own.map((server) => server.dispose()))
  }
}

async function startBoth(mode: Mode): Promise<Started> {
  if (mode === 'off') {
    const skipped = { skipped: 'MILLRACE_SERVERS=off' }
    return { provided: { kafka: skipped, cassandra: skipped }, own: [] }
  }
  const [kafka, cassandra] = await Promise.all([
    attempt(() => startKafka({ ephemeral: true, report: reporter('kafka') }), reporter('kafka')),
    attempt(() => startCassandra({ ephemeral: true, report: reporter('cassandra') }), reporter('cassandra')),
  ])
  const own = [kafka, cassandra].filter((result) => 'stop' in result)
  const failures = [kafka, cassandra].filter((result) => 'skipped' in result)
  if (mode === 'required' && failures.length > 0) {
    await Promise.all(own.map((server) => server.dispose()))
    throw new ServicesError({
      code: 'START_FAILED',
      what: `MILLRACE_SERVERS=required, but not all servers could be started: ${failures.map((one) => one.skipped).join('; ')}`,
      hint: 'Mend that, or set MILLRACE_SERVERS=auto to skip the tests that need them.',
    })
  }
  return { provided: { kafka: kafkaAddresses(kafka), cassandra: cassandraAddresses(cassandra) }, own }
}

async function attempt<T>(start: () => Promise<T>, report: Report): Promise<T | SkippedServer> {
  try {
    return await start()
  } catch (error) {
    report(`not started: ${error instanceof Error ? error.message : String(error)}`)
    return { skipped: error instanceof ServicesError ? error.what : String(error) }
  }
}

function kafkaAddresses(server: KafkaServer | SkippedServer): TestServers['kafka'] {
  return 'skipped' in server ? server : { brokers: server.brokers }
}

function cassandraAddresses(server: CassandraServer | SkippedServer): TestServers['cassandra'] {
  if ('skipped' in server) return server
  return { contactPoints: server.contactPoints, localDataCenter: server.localDataCenter }
}

function reporter(service: string): Report {
  return (line) => process.stderr.write(`[${service}] ${line}\n`)
}

function readMode(text: string | undefined): Mode {
  if (text === undefined || text === '') return 'auto'
  if (text === 'auto' || text === 'required' || text === 'off') return text
  throw new ServicesError({
    code: 'START_FAILED',
    what: `MILLRACE_SERVERS is "${text}"`,
    hint: 'Write auto, required or off.',
  })
}
