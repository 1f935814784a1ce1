import type { ServiceName } from './service.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** The port that a service has when nobody says otherwise, outside and on this machine. */
const standardPorts: Readonly<Record<ServiceName, number>> = { kafka: 9092, cassandra: 9042 }

/** Reads `host`, `host:port` or `[v6]:port`; undefined when it is none of them. */
export function parseAddress(text: string, defaultPort: number): Address | undefined {
  const match = /^(?:\[(?<v6>[\da-f:]+)\]|(?<host>[^\s:[\]]+))(?::(?<port>\d{1,5}))?$/i.exec(text)
  if (!match?.groups) return undefined
  const port = match.groups['port'] === undefined ? defaultPort : Number(match.groups['port'])
  if (port < 1 || port > 65_535) return undefined
  return { host: match.groups['v6'] ?? match.groups['host'] ?? '', port }
}

/** Reads a comma-separated list of addresses, as KAFKA_BROKERS and CASSANDRA_CONTACT_POINTS hold it. */
export function parseAddresses(service: ServiceName, list: string): readonly (Address | undefined)[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => parseAddress(part, standardPorts[service]))
}

export function formatAddress(address: Address): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}
