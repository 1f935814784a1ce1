import type { CompiledTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { EmbeddedServer } from '../adapters/embedded/index.ts'
import type { Clock, Logger, LookupTable, LookupTableSpec, Sink, TableStore, Transport } from '../ports/index.ts'
import type { RunOptions } from './run-options.ts'
import { systemClock } from './system-clock.ts'

/** What an app holds open, made from its options; nothing is connected yet. */
export interface Resources {
  readonly clock: Clock
  readonly logger: Logger
  readonly transport: Transport
  /** The embedded broker, when that is what the app runs on. */
  readonly embedded: EmbeddedServer | undefined
  readonly lookups: ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>
  /** By the id of their node. */
  readonly sinks: ReadonlyMap<string, Sink>
  /** Closes everything that the app opened, in the reverse order. Never rejects: what fails is logged. */
  close(): Promise<void>
}

/** Loads the adapters that the topology and the options need, and no others. */
export async function openResources(topology: CompiledTopology, options: RunOptions): Promise<Resources> {
  const clock = options.clock ?? systemClock
  const logger = (options.logger ?? (await defaultLogger())).child({ app: options.applicationId ?? topology.name })
  const embedded = await embeddedServer(options)
  const transport = await openTransport(options, embedded, clock, logger)
  const tables = await openTables(topology, options, embedded, clock, logger)
  const lookups = new Map<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>()
  const sinks = new Map<string, Sink>()
  for (const node of topology.plan.nodes) {
    if (node.kind === 'join-lookup' && !lookups.has(node.table)) lookups.set(node.table, node.table.open(logger))
    if (node.kind === 'table-sink') sinks.set(node.id, tables!.sink(node.table, node.options))
  }
  const close = async (): Promise<void> => {
    const steps: readonly (() => Promise<void> | void)[] = [
      ...[...lookups.values()].map((lookup) => () => lookup.close()),
      ...[...sinks.values()].map((sink) => () => sink.close()),
      () =>
        tables !== undefined && tables !== options.tables && tables !== embedded?.tables ? tables.close() : undefined,
      () => transport.close(),
    ]
    for (const step of steps) {
      try {
        await step()
      } catch (thrown) {
        logger.warn({ error: thrown }, 'Closing failed')
      }
    }
  }
  return { clock, logger, transport, embedded, lookups, sinks, close }
}

async function defaultLogger(): Promise<Logger> {
  const { createPinoLogger } = await import('../adapters/pino/index.ts')
  return createPinoLogger()
}

async function embeddedServer(options: RunOptions): Promise<EmbeddedServer | undefined> {
  if (options.embedded !== undefined) return options.embedded
  if (options.kafka !== undefined || options.transport !== undefined) return undefined
  const { embedded } = await import('../adapters/embedded/index.ts')
  return embedded(options.clock === undefined ? {} : { clock: options.clock })
}

async function openTransport(
  options: RunOptions,
  server: EmbeddedServer | undefined,
  clock: Clock,
  logger: Logger,
): Promise<Transport> {
  if (options.transport !== undefined) return options.transport
  if (server !== undefined) return server.transport()
  const { createKafkajsTransport } = await import('../adapters/kafkajs/index.ts')
  return createKafkajsTransport(options.kafka!, { clock, logger })
}

async function openTables(
  topology: CompiledTopology,
  options: RunOptions,
  server: EmbeddedServer | undefined,
  clock: Clock,
  logger: Logger,
): Promise<TableStore | undefined> {
  if (!topology.plan.nodes.some((node) => node.kind === 'table-sink')) return undefined
  if (options.tables !== undefined) return options.tables
  if (options.cassandra !== undefined) {
    const { createCassandraTableStore } = await import('../adapters/cassandra/index.ts')
    return createCassandraTableStore(options.cassandra, { clock, logger })
  }
  if (server !== undefined) return server.tables
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: 'The topology writes to tables, and run() is given Kafka but no Cassandra',
    hint: 'Add { cassandra: { contactPoints, localDataCenter } }, or { tables } of your own.',
  })
}
