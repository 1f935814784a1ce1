import type { Server, StartOptions } from './service.ts'
import { startServer } from './start-server.ts'

/** A Kafka that answers. */
export interface KafkaServer extends Server {
  /** `host:port` of each broker, as a client's bootstrap list. */
  readonly brokers: string[]
}

/** Starts Kafka, or finds the one that is given or runs already; returns when it answers. */
export async function startKafka(options: StartOptions = {}): Promise<KafkaServer> {
  const server = await startServer('kafka', options)
  return Object.assign(server, { brokers: [...server.addresses] })
}
