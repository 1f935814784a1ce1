import type { Clock, TableStore, TopicPartition, Transport } from '../../ports/index.ts'
import type { BrokerFaults } from './broker-faults.ts'
import { EmbeddedBroker } from './embedded-broker.ts'
import { createEmbeddedTableStore } from './embedded-table-store.ts'
import { EmbeddedTransport } from './embedded-transport.ts'
import { localClock } from './local-clock.ts'
import type { RetainRecords, TopicOptions } from './topic-log.ts'

export interface EmbeddedOptions {
  /** Default: the machine's. */
  readonly clock?: Clock
  /** For topics that do not say it themselves. Default 'all'. */
  readonly retainRecords?: RetainRecords
  /** Makes a topic with so many partitions when it is first produced to or subscribed to. Default: off. */
  readonly autoCreatePartitions?: number
  /** Default 1,024, which is also the most. */
  readonly maxBatchRecords?: number
  /** Bytes of keys and values in one batch; a larger record still comes, alone. Default 1 MiB. */
  readonly maxBatchBytes?: number
  /** How long a rebalance, and a stop, waits for `onAssigned` and `onRevoking` of a member. Default 60,000 ms. */
  readonly rebalanceTimeoutMs?: number
  /** How long sends, commits and admin calls wait for a disconnected server. Default 30,000 ms. */
  readonly requestTimeoutMs?: number
  /** Faults to inject, for tests and simulations. */
  readonly faults?: BrokerFaults
}

/** Kafka's semantics in this process: topics, groups and commits live as long as this object. */
export interface EmbeddedServer {
  /** A new connection, like a client's; closing it does not close the server. */
  transport(): Transport
  /** The tables of this server; they live as long as it does. */
  readonly tables: TableStore
  /** A topic that exists already is left as it is. Throws NAME_INVALID, OPTION_INVALID. */
  createTopic(name: string, options: TopicOptions): void
  /** Whoever reads it fails with TOPIC_MISSING: a consumer as a whole, a reader for the partitions of this topic. */
  deleteTopic(name: string): void
  /** Makes everything below the offset unreadable; the earliest offset is then this one. */
  deleteRecords(partition: TopicPartition, belowOffset: number): void
  /**
   * From now on the server does not answer: nothing is handed over, requests wait (`requestTimeoutMs`) and then fail,
   * connecting fails at once. Groups and their generations outlive it.
   */
  disconnect(): void
  reconnect(): void
  /** All members lose their generation as if their sessions had timed out, and join anew when they have noticed. */
  expelMembers(groupId: string): void
  /**
   * One member loses its session and becomes a zombie: it goes on, and can still produce, until `noticedAfterMs` have
   * passed (null: for ever) or a commit of it is refused. Then it joins anew.
   */
  evictMember(groupId: string, memberId: string, noticedAfterMs: number | null): void
}

/** Starts an embedded server: nothing is listened on and nothing needs closing. */
export function embedded(options: EmbeddedOptions = {}): EmbeddedServer {
  const broker = new EmbeddedBroker({
    clock: options.clock ?? localClock,
    retainRecords: options.retainRecords ?? 'all',
    autoCreatePartitions: options.autoCreatePartitions ?? null,
    maxBatchRecords: options.maxBatchRecords ?? 1_024,
    maxBatchBytes: options.maxBatchBytes ?? 1_048_576,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    faults: options.faults ?? null,
  })
  let tables: TableStore | undefined
  return {
    transport: () => new EmbeddedTransport(broker),
    get tables() {
      tables ??= createEmbeddedTableStore({ clock: broker.settings.clock })
      return tables
    },
    createTopic: (name, topicOptions) => broker.createTopic(name, topicOptions),
    deleteTopic: (name) => broker.deleteTopic(name),
    deleteRecords: (partition, belowOffset) => broker.partition(partition).deleteRecordsBelow(belowOffset),
    disconnect: () => broker.gate.goDown(),
    reconnect: () => broker.gate.comeUp(),
    expelMembers: (groupId) => broker.group(groupId).expelAll(),
    evictMember: (groupId, memberId, noticedAfterMs) => broker.group(groupId).evict(memberId, noticedAfterMs),
  }
}
