// Node sees only some of the names that kafkajs exports; the default export has them all.
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs'
import { StreamsError } from '../../errors/index.ts'
import type { Logger } from '../../ports/index.ts'
import { toleratesGaps } from './cluster-metadata.ts'
import { createLogCreator } from './driver-logger.ts'
import { decodesFetchLazily } from './fetch-response.ts'
import type { KafkaSettings, KafkaTls } from './options.ts'
import { quietRequestQueue, type RequestQueue } from './request-queue.ts'
import { createSocketFactory, type SocketTracker } from './socket-factory.ts'

/**
 * The parts of kafkajs 2.2.4 that this adapter builds on: its cluster (metadata, connections, authentication, request
 * encoding), which kafkajs hands to every partition assigner. Its consumer and producer are not used: they hide what
 * a stream processor has to know (when a generation ends, where reading begins, whether a commit happened).
 */
export interface DriverCluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  refreshMetadata(): Promise<void>
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  findBroker(node: { nodeId: string | number }): Promise<DriverBroker>
  findControllerBroker(): Promise<DriverBroker>
  findGroupCoordinator(request: CoordinatorRequest): Promise<DriverBroker>
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[]
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]>
  readonly connectionPoolBuilder: { build(destination?: unknown): Promise<DriverConnectionPool> }
  readonly brokerPool: { findConnectedBroker(): Promise<DriverBroker> }
}

export interface DriverBroker {
  readonly nodeId: number
  readonly connectionPool: DriverConnectionPool
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null
  disconnect(): Promise<void>
  metadata(topics: readonly string[]): Promise<DriverMetadata>
  findGroupCoordinator(request: CoordinatorRequest): Promise<{ coordinator: { nodeId: number } }>
  joinGroup(request: JoinRequest): Promise<JoinResponse>
  syncGroup(request: SyncRequest): Promise<{ memberAssignment: Buffer }>
  heartbeat(request: MemberIdentity): Promise<unknown>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  offsetCommit(request: MemberIdentity & { topics: readonly OffsetsOfTopic[] }): Promise<unknown>
  offsetFetch(request: { groupId: string; topics: readonly PartitionsOfTopic[] }): Promise<OffsetFetchResponse>
  createTopics(request: { topics: readonly unknown[]; timeout: number }): Promise<unknown>
  listOffsets(request: { isolationLevel: number; topics: readonly PartitionsOfTopic[] }): Promise<ListOffsetsResponse>
  deleteRecords(request: {
    topics: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]
  }): Promise<unknown>
  initProducerId(request: { transactionalId: string | null; transactionTimeout: number }): Promise<{
    producerId: string
    producerEpoch: number
  }>
  addPartitionsToTxn(
    request: TransactionRequest & { topics: readonly { topic: string; partitions: readonly number[] }[] },
  ): Promise<unknown>
  addOffsetsToTxn(request: TransactionRequest & { groupId: string }): Promise<unknown>
  txnOffsetCommit(
    request: TransactionRequest & { groupId: string; topics: readonly OffsetsOfTopic[] },
  ): Promise<unknown>
  endTxn(request: TransactionRequest & { transactionResult: boolean }): Promise<unknown>
  fetch(request: FetchRequest): Promise<unknown>
}

export interface CoordinatorRequest {
  /** Or the transactional id. */
  readonly groupId: string
  /** 0: of a group, 1: of a transactional id. */
  readonly coordinatorType: 0 | 1
}

export interface MemberIdentity {
  readonly groupId: string
  readonly memberId: string
  readonly groupGenerationId: number
}

export interface TransactionRequest {
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
}

export interface JoinRequest {
  readonly groupId: string
  readonly sessionTimeout: number
  readonly rebalanceTimeout: number
  readonly memberId: string
  readonly groupProtocols: readonly { name: string; metadata: Buffer }[]
}

export interface JoinResponse {
  readonly generationId: number
  readonly leaderId: string
  readonly memberId: string
  readonly members: readonly { memberId: string; memberMetadata: Buffer }[]
}

export interface SyncRequest {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[]
}

export interface OffsetsOfTopic {
  readonly topic: string
  readonly partitions: readonly { partition: number; offset: string; metadata: string }[]
}

export interface PartitionsOfTopic {
  readonly topic: string
  readonly partitions: readonly { partition: number }[]
}

export interface ListOffsetsResponse {
  readonly responses: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]
}

export interface OffsetFetchResponse {
  readonly responses: readonly {
    topic: string
    partitions: readonly { partition: number; offset: string; metadata: string | null }[]
  }[]
}

export interface DriverMetadata {
  readonly topicMetadata: readonly { topic: string; partitionMetadata: readonly { leader: number }[] }[]
}

export interface FetchRequest {
  readonly isolationLevel: number
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly topics: readonly {
    topic: string
    partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[]
  }[]
}

export interface DriverConnectionPool {
  readonly host: string
  readonly port: number
  readonly pool: readonly { readonly requestQueue: RequestQueue }[]
  send(protocol: ProtocolRequest): Promise<unknown>
}

/** A request with how to write it and how to read its answer. */
export interface ProtocolRequest {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    readonly expectResponse?: () => boolean
    encode(): Promise<unknown>
  }
  readonly response: {
    decode(payload: Buffer): Promise<unknown>
    parse(decoded: unknown): Promise<unknown>
  }
  readonly requestTimeout?: number
}

/** A cluster handle of one's own, and how to drop it at once. */
export interface ClusterHandle {
  readonly cluster: DriverCluster
  /** Closes every connection. Requests that wait for an answer are rejected, so that nothing hangs. */
  close(): Promise<void>
}

/** Makes a cluster handle that shares nothing with any other. Does not connect. */
export function openCluster(settings: KafkaSettings, clientId: string, logger: Logger): ClusterHandle {
  const sockets = createSocketFactory()
  const kafka = new kafkajs.Kafka(kafkaConfig(settings, clientId, logger, sockets))
  const cluster = captureCluster(kafka)
  const queues = new Set<RequestQueue>()
  hookConnections(cluster, (pool) => {
    for (const { requestQueue } of pool.pool) {
      quietRequestQueue(requestQueue)
      queues.add(requestQueue)
    }
    const send = pool.send.bind(pool)
    pool.send = (protocol) => send(toleratesGaps(decodesFetchLazily(protocol)))
  })
  let closed: Promise<void> | undefined
  return {
    cluster,
    close: () => {
      closed ??= closeCluster(cluster, queues, sockets)
      return closed
    },
  }
}

async function closeCluster(
  cluster: DriverCluster,
  queues: Iterable<RequestQueue>,
  sockets: SocketTracker,
): Promise<void> {
  for (const queue of queues) {
    queue.rejectAll(
      new StreamsError({ code: 'TRANSPORT_CLOSED', what: 'The connection was closed', hint: 'Open a new transport.' }),
    )
  }
  // kafkajs waits here for requests without an answer; there are none left.
  await cluster.disconnect().catch(() => {})
  for (const queue of queues) queue.destroy()
  sockets.destroyAll()
}

function kafkaConfig(settings: KafkaSettings, clientId: string, logger: Logger, sockets: SocketTracker): KafkaConfig {
  const config: KafkaConfig = {
    clientId,
    brokers: [...settings.brokers],
    connectionTimeout: Math.min(settings.connectTimeoutMs, 3_000),
    requestTimeout: settings.requestTimeoutMs,
    // Retrying is done by the callers, which know when to stop. Here only enough to try each address once.
    retry: { initialRetryTime: 50, maxRetryTime: 200, retries: Math.max(2, settings.brokers.length) },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: createLogCreator(logger),
    socketFactory: sockets.create,
  }
  if (settings.ssl !== undefined) config.ssl = typeof settings.ssl === 'boolean' ? settings.ssl : tlsOf(settings.ssl)
  if (settings.sasl) config.sasl = saslOf(settings.sasl)
  return config
}

function tlsOf(tls: KafkaTls): NonNullable<Exclude<KafkaConfig['ssl'], boolean>> {
  const { ca, ...rest } = tls
  return ca === undefined ? rest : { ...rest, ca: typeof ca === 'string' ? ca : [...ca] }
}

function saslOf(sasl: NonNullable<KafkaSettings['sasl']>): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return { ...sasl }
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) }
}

/** Takes the cluster that kafkajs hands to a consumer's assigners; the consumer itself is never connected. */
function captureCluster(kafka: Kafka): DriverCluster {
  let captured: unknown
  kafka.consumer({
    groupId: 'millrace',
    allowAutoTopicCreation: false,
    // Offsets that are asked for are those of the log, not of the last stable record.
    readUncommitted: true,
    partitionAssigners: [
      ({ cluster }) => {
        captured = cluster
        return {
          name: 'unused',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'unused', metadata: Buffer.alloc(0) }),
        }
      },
    ],
  })
  const cluster = captured as DriverCluster | undefined
  if (
    typeof cluster?.connectionPoolBuilder?.build !== 'function' ||
    typeof cluster.findGroupCoordinator !== 'function'
  ) {
    throw new StreamsError({
      code: 'TRANSPORT_FAILED',
      what: 'The installed kafkajs is not one that this version of Millrace knows',
      hint: 'Install kafkajs 2.2.4.',
    })
  }
  return cluster
}

function hookConnections(cluster: DriverCluster, tune: (pool: DriverConnectionPool) => void): void {
  const builder = cluster.connectionPoolBuilder
  const build = builder.build.bind(builder)
  builder.build = async (destination) => {
    const pool = await build(destination)
    tune(pool)
    return pool
  }
}
