import { setTimeout as sleep } from 'node:timers/promises'
import { formatAddress, parseAddresses, type Address } from './address.ts'
import { answers } from './handshake.ts'
import type { Provider, StartRequest } from './provider.ts'
import { readServiceRecord, serviceDir } from './service-record.ts'
import type { Server, ServiceName } from './service.ts'
import { ServicesError } from './services-error.ts'

/** The environment variables that name servers which are already there. */
export const addressVariables: Readonly<Record<ServiceName, string>> = {
  kafka: 'KAFKA_BROKERS',
  cassandra: 'CASSANDRA_CONTACT_POINTS',
}

/** Servers that somebody else runs: used, never started or stopped. */
export const givenProvider: Provider = {
  name: 'given',
  async findObstacle(request) {
    const variable = addressVariables[request.service]
    const list = request.env[variable]
    if (list === undefined || list.trim() === '') return `${variable} is not set`
    // whoever copied the lines that `up` printed means the server of this folder, which we may start again
    if (await namesOwnServer(request, list)) return `${variable} names the server that is started here`
    return undefined
  },
  async start({ service, env, report }) {
    const variable = addressVariables[service]
    const list = env[variable] ?? ''
    const addresses = parseAddresses(service, list).filter((address) => address !== undefined)
    if (addresses.length === 0) {
      throw new ServicesError({
        code: 'NOT_REACHABLE',
        what: `${variable} is "${list}", which is not a list of host:port`,
        hint: 'Write for example 127.0.0.1:9092, several separated by commas.',
      })
    }
    await waitForAny(service, variable, addresses)
    report(`using ${variable}=${addresses.map(formatAddress).join(',')}`)
    return givenServer(service, addresses.map(formatAddress))
  },
}

async function namesOwnServer(request: StartRequest, list: string): Promise<boolean> {
  if (request.ephemeral) return false
  const record = await readServiceRecord(serviceDir(request.dataDir, request.service))
  if (record === undefined) return false
  const own = formatAddress(record)
  return parseAddresses(request.service, list).every(
    (address) => address !== undefined && formatAddress(address) === own,
  )
}

async function waitForAny(service: ServiceName, variable: string, addresses: readonly Address[]): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const found = await Promise.all(addresses.map((address) => answers(service, address, 2000)))
    if (found.includes(true)) return
    if (attempt < 5) await sleep(500)
  }
  throw new ServicesError({
    code: 'NOT_REACHABLE',
    what: `No ${service} answers at ${addresses.map(formatAddress).join(', ')} (from ${variable})`,
    hint: `Start it, or unset ${variable} to have one started here.`,
  })
}

function givenServer(service: ServiceName, addresses: readonly string[]): Server {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new ServicesError({
        code: 'NOT_OURS',
        what: `${service} at ${addresses.join(', ')} is not ours to stop`,
        hint: `Unset ${addressVariables[service]} to have one started here.`,
      }),
    )
  return {
    service,
    provider: 'given',
    addresses,
    pid: undefined,
    isNew: false,
    stop: () => Promise.resolve(),
    kill: refuse,
    pause: refuse,
    resume: refuse,
    restart: refuse,
    dispose: () => Promise.resolve(),
  }
}
