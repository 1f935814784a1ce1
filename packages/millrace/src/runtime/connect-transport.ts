import type { EmbeddedServer } from '../adapters/embedded/index.ts'
import type { KafkaOptions } from '../adapters/kafkajs/options.ts'
import type { Clock, Logger, Transport } from '../ports/index.ts'
import { systemClock } from './system-clock.ts'

export interface ConnectOptions {
  readonly kafka?: KafkaOptions
  readonly embedded?: EmbeddedServer
  /** Default: JSON lines on standard error through pino. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/**
 * A connected transport for programs that only produce, or look at topics. Rejects with TRANSPORT_UNREACHABLE.
 * Close it when done.
 */
export async function connectTransport(options: ConnectOptions): Promise<Transport> {
  const transport = await openTransport(options)
  await transport.connect()
  return transport
}

async function openTransport(options: ConnectOptions): Promise<Transport> {
  if (options.kafka === undefined) {
    const { embedded } = await import('../adapters/embedded/index.ts')
    return (options.embedded ?? embedded()).transport()
  }
  const { createKafkajsTransport } = await import('../adapters/kafkajs/index.ts')
  const { createPinoLogger } = await import('../adapters/pino/index.ts')
  const logger = options.logger ?? createPinoLogger()
  return createKafkajsTransport(options.kafka, { clock: options.clock ?? systemClock, logger })
}
