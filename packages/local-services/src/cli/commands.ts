import { relative } from 'node:path'
import { formatAddress } from '../address.ts'
import { compose, composeOrThrow } from '../docker/compose.ts'
import { lastingProject } from '../docker/docker-provider.ts'
import { addressVariables } from '../given-provider.ts'
import { jvmLogFile, stopRecordedJvm } from '../jvm/jvm-provider.ts'
import { readLogTail } from '../log-tail.ts'
import { prepareExample } from '../prepare/prepare-example.ts'
import type { Report, Server, ServiceName, StartOptions } from '../service.ts'
import { startCassandra } from '../start-cassandra.ts'
import { startKafka } from '../start-kafka.ts'
import type { CliOptions } from './cli-options.ts'
import { readServiceStatus, type ServiceStatus } from './service-status.ts'

/** Writes one line to the terminal. */
export type Print = (line: string) => void

/** Starts what does not run yet, both at a time; the exit code is 1 when one of them cannot be had. */
export async function up(options: CliOptions, print: Print): Promise<number> {
  const results = await Promise.allSettled(options.services.map((service) => startOne(service, options, print)))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const ready = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  if (ready.length > 0) {
    print('')
    for (const line of ready.flatMap(environmentOf)) print(line)
  }
  for (const failure of failures) print(`\n${failure instanceof Error ? failure.message : String(failure)}`)
  return failures.length > 0 ? 1 : 0
}

/** Stops what this data folder started; what does not run is no fault. */
export async function down(options: CliOptions, print: Print): Promise<number> {
  await Promise.all(options.services.map((service) => stopOne(service, options, print)))
  return 0
}

/** Shows what runs; the exit code is 3 when something does not answer, as service managers have it. */
export async function status(options: CliOptions, print: Print): Promise<number> {
  const all = await Promise.all(options.services.map((service) => readServiceStatus(service, options.dataDir)))
  for (const one of all) print(label(one.service) + describeStatus(one))
  const given = options.services.filter((service) => (process.env[addressVariables[service]] ?? '') !== '')
  for (const service of given) print(`${addressVariables[service]}=${process.env[addressVariables[service]]} is set`)
  return all.every((one) => one.isReady) ? 0 : 3
}

/** Shows the end of each log. */
export async function logs(options: CliOptions, print: Print): Promise<number> {
  for (const service of options.services) {
    const { dir, record } = await readServiceStatus(service, options.dataDir)
    if (record?.provider === 'docker') {
      const args = ['logs', '--no-color', '--tail', String(options.lines), service]
      const { output } = await compose(lastingProject(service, record.port), args, { timeoutMs: 10_000 })
      print(`== docker compose -p millrace logs ${service}\n${output.trimEnd()}`)
      continue
    }
    const file = jvmLogFile(service, dir)
    print(`== ${shortPath(file)}`)
    const lines = await readLogTail(file, options.lines)
    for (const line of lines.length > 0 ? lines : ['(nothing yet)']) print(line)
  }
  return 0
}

async function startOne(service: ServiceName, options: CliOptions, print: Print): Promise<Server> {
  const { dataDir, fresh, providers } = options
  const port = options.ports[service]
  const report: Report = (line) => print(label(service) + line)
  const start: StartOptions = {
    dataDir,
    fresh,
    providers,
    report,
    ...(port === undefined ? {} : { port }),
  }
  const server = await (service === 'kafka' ? startKafka(start) : startCassandra(start))
  // what somebody else runs gets nothing of ours unasked
  if (server.provider !== 'given' && !options.bare) await prepareExample(server, report)
  return server
}

async function stopOne(service: ServiceName, options: CliOptions, print: Print): Promise<void> {
  const { dir, record, isRunning } = await readServiceStatus(service, options.dataDir)
  if (record === undefined || !isRunning) return print(`${label(service)}does not run`)
  print(`${label(service)}stopping`)
  if (record.provider === 'jvm') await stopRecordedJvm(dir, record)
  else await composeOrThrow(lastingProject(service, record.port), ['rm', '--stop', '--force', service])
  print(`${label(service)}stopped; its data stays in ${record.provider === 'jvm' ? shortPath(dir) : 'its volume'}`)
}

function describeStatus({ record, isRunning, isReady, pid, dir }: ServiceStatus): string {
  if (record === undefined) return 'was never started here'
  if (!isRunning) return `does not run; its data is in ${record.provider === 'jvm' ? shortPath(dir) : 'its volume'}`
  const where = record.provider === 'jvm' ? `pid ${pid}` : 'in a container'
  const since = record.startedAtMs === undefined ? '' : `, since ${new Date(record.startedAtMs).toISOString()}`
  const state = isReady ? 'answers' : 'runs but does not answer (starting, frozen, or busy)'
  return `${state} on ${formatAddress(record)}, ${where}${since}`
}

/** The lines that make other programs use these servers. */
function environmentOf(server: Server): string[] {
  const lines = [`export ${addressVariables[server.service]}=${server.addresses.join(',')}`]
  if ('localDataCenter' in server) lines.push(`export CASSANDRA_LOCAL_DATACENTER=${String(server.localDataCenter)}`)
  return lines
}

function label(service: ServiceName): string {
  return `${service.padEnd(9)}  `
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : fromHere
}
