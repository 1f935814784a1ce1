import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatAddress } from '../address.ts'
import { isAlive, type OwnProcess } from '../own-process.ts'
import { defaultDataDir } from '../paths.ts'
import { findFreePorts, isPortTaken } from '../ports.ts'
import type { Provider, StartRequest } from '../provider.ts'
import { runCommand } from '../run-command.ts'
import { readServiceRecord, serviceDir, type ServiceRecord } from '../service-record.ts'
import type { Server, ServiceName } from '../service.ts'
import { ServicesError } from '../services-error.ts'
import { startWatchdog } from '../watchdog.ts'
import { cassandraJvm } from './cassandra-jvm.ts'
import { readCachedClassPath, resolveClassPath } from './class-path.ts'
import { findJava } from './java.ts'
import { processMark, stopProcess, waitUntilReady } from './jvm-process.ts'
import { JvmServer } from './jvm-server.ts'
import type { JvmService, Place } from './jvm-service.ts'
import { kafkaJvm } from './kafka-jvm.ts'

const host = '127.0.0.1'
const services: Readonly<Record<ServiceName, JvmService>> = { kafka: kafkaJvm, cassandra: cassandraJvm }
const classPathDir = join(defaultDataDir, 'class-path')

/** Java processes on this machine, from jars that Maven fetches. */
export const jvmProvider: Provider = {
  name: 'jvm',
  async findObstacle({ service, env }) {
    const { java, pom } = services[service]
    const found = await findJava(java, env)
    if (typeof found === 'string') return found
    // with a class path from an earlier start Maven is not needed any more
    if ((await readCachedClassPath(service, pom, classPathDir)) !== undefined) return undefined
    const maven = await runCommand('mvn', ['-v'], { timeoutMs: 20_000, env })
    return maven.exitCode === 0 ? undefined : 'Maven (mvn) is not installed'
  },
  async start(request) {
    const dir = await chooseDir(request)
    const record = await readServiceRecord(dir)
    const running = await findRunning(dir, record)
    if (running !== undefined && record !== undefined && !request.fresh) return adopt(request, dir, record, running)
    if (running !== undefined) await stopProcess(running)
    if (request.fresh) await rm(dir, { recursive: true, force: true })
    const place = await choosePlace(request, dir, record)
    const server = new JvmServer({
      ...(await launchOptions(request, place)),
      watchdog: request.ephemeral ? startWatchdog(dir) : undefined,
    })
    try {
      await server.start()
    } catch (cause) {
      // of a server that outlives us the logs stay, to be read
      if (request.ephemeral) await server.dispose()
      throw cause
    }
    return server
  },
}

/** Stops the process that a data folder remembers; tells its pid if there was one. */
export async function stopRecordedJvm(dir: string, record: ServiceRecord): Promise<number | undefined> {
  const running = await findRunning(dir, record)
  if (running !== undefined) await stopProcess(running)
  return running?.pid
}

/** The process that a data folder remembers, if it still runs and is still ours. */
export async function findRunning(dir: string, record: ServiceRecord | undefined): Promise<OwnProcess | undefined> {
  if (record?.pid === undefined) return undefined
  const own = { pid: record.pid, mark: processMark(dir) }
  return (await isAlive(own)) ? own : undefined
}

/** The log that tells most about a server of this provider. */
export function jvmLogFile(service: ServiceName, dir: string): string {
  return join(dir, 'logs', services[service].logFile)
}

async function chooseDir(request: StartRequest): Promise<string> {
  if (!request.ephemeral) return serviceDir(request.dataDir, request.service)
  return realpath(await mkdtemp(join(tmpdir(), `millrace-${request.service}-`)))
}

async function choosePlace(request: StartRequest, dir: string, record: ServiceRecord | undefined): Promise<Place> {
  const [freePort, freeInternalPort] = await findFreePorts(host, 2)
  const port = request.port ?? freePort ?? 0
  if (await isPortTaken({ host, port })) throw portTaken(request.service, port)
  // kept from run to run where possible: Cassandra notes its own in its tables
  const kept = record?.internalPort
  const isKeptFree = kept !== undefined && kept !== port && !(await isPortTaken({ host, port: kept }))
  const internalPort = isKeptFree ? kept : (freeInternalPort ?? 0)
  return { dir, host, port, internalPort, heapMb: request.heapMb, commitLogSync: request.commitLogSync }
}

async function launchOptions(
  request: StartRequest,
  place: Place,
): Promise<Omit<ConstructorParameters<typeof JvmServer>[0], 'watchdog'>> {
  const service = services[request.service]
  const { env, report, startTimeoutMs } = request
  const java = await findJava(service.java, env)
  if (typeof java === 'string') {
    throw new ServicesError({
      code: 'PROVIDER_MISSING',
      what: `${request.service} cannot run on the JVM: ${java}`,
      hint: 'Install it, or set JAVA_HOME to where it is.',
    })
  }
  const classPath = await resolveClassPath({
    service: request.service,
    pom: service.pom,
    cacheDir: classPathDir,
    env,
    report,
  })
  return { service, place, javaCommand: java.command, classPath, report, startTimeoutMs }
}

/** A handle on a server that an earlier call left running, once it answers. */
async function adopt(request: StartRequest, dir: string, record: ServiceRecord, running: OwnProcess): Promise<Server> {
  const { heapMb, commitLogSync } = request
  const { port, internalPort = 0 } = record
  if (request.port !== undefined && request.port !== port) {
    throw new ServicesError({
      code: 'PORT_TAKEN',
      what: `${request.service} of ${dir} already runs on port ${port}, not ${request.port}`,
      hint: 'Stop it first, or name another folder for a second one.',
    })
  }
  const place: Place = { dir, host: record.host, port, internalPort, heapMb, commitLogSync }
  const options = await launchOptions(request, place)
  // the log of the present run may have rolled, so the protocol alone decides here: an empty text is always found
  const anyLog = { ...options.service, readyText: '' }
  await waitUntilReady({ service: anyLog, place }, running, { logFrom: 0, timeoutMs: request.startTimeoutMs })
  request.report(`already running on ${formatAddress(place)}, pid ${running.pid}`)
  return new JvmServer({ ...options, running })
}

function portTaken(service: ServiceName, port: number): ServicesError {
  return new ServicesError({
    code: 'PORT_TAKEN',
    what: `Port ${port} is taken by another program, so ${service} cannot use it`,
    hint: `Stop that program, or choose another port with --${service}-port or ${service.toUpperCase()}_PORT.`,
  })
}
