import type { StreamsError } from '../errors/index.ts'
import type { OutgoingRecord, RecordBatch, TopicPartition } from './record.ts'

/** Topics, consumer groups and producers: Kafka, or the embedded broker. One instance serves one app. */
export interface Transport {
  readonly kind: string
  /**
   * Resolves when a server answers. Rejects with TRANSPORT_UNREACHABLE, naming the addresses, after a bounded time.
   * Nothing else may be called before.
   */
  connect(): Promise<void>
  readonly admin: TransportAdmin
  consumer(options: ConsumerOptions, listener: ConsumerListener): TransportConsumer
  producer(options: ProducerOptions): TransportProducer
  /** Writes in transactions; the id outlives restarts, and whoever inits it last is the only one who can write with it. */
  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer
  /** Reads partitions apart from any group: for restoring state, standby replicas and global tables. */
  reader(options: ReaderOptions, listener: ReaderListener): TransportReader
  /** Closes what is still open. Idempotent. */
  close(): Promise<void>
}

export interface TransportAdmin {
  /** Partition counts by topic; a topic that does not exist is absent. Never creates a topic. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** The names of all topics that exist, in any order. */
  listTopics(): Promise<readonly string[]>
  /** Creates topics; one that exists already is left as it is. */
  createTopics(topics: readonly NewTopic[]): Promise<void>
  /** `earliest`: the first offset still in the log; `latest`: the offset that the next record will get. */
  offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'latest'): Promise<readonly PartitionOffset[]>
  /** The last stable offset: where a `read_committed` reader ends, below every transaction that is still open. */
  stableOffsets(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffset[]>
  /** Deletes all records below the offsets. A topic that is not there is no error. */
  deleteRecords(below: readonly PartitionOffset[]): Promise<void>
  /** What a group has committed; a partition without a commit is absent. */
  committed(groupId: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>
}

export interface NewTopic {
  readonly topic: string
  readonly partitions: number
  /** Default: the broker's. */
  readonly replicationFactor?: number
  readonly config?: Readonly<Record<string, string>>
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: number
}

/** The next offset to read, and the text stored with it ('' where there is none). */
export interface CommittedOffset extends PartitionOffset {
  readonly metadata: string
}

export interface ConsumerOptions {
  readonly groupId: string
  readonly clientId: string
  readonly topics: readonly string[]
  readonly assignor: GroupAssignor
  /** Asked at every join: what the assignor shall know of this member. Text of at most some KB. */
  readonly info?: () => string
  readonly isolation: 'read_uncommitted' | 'read_committed'
}

/**
 * Shares partitions out among the members of a group. Pure and deterministic: the same input gives the same answer on
 * every member. The name carries a version; all members of a group must use the same one.
 */
export interface GroupAssignor {
  readonly name: string
  assign(input: AssignmentInput): ReadonlyMap<string, readonly TopicPartition[]>
  /** What every member is told along with its partitions (`Assignment.info`), by member id. */
  inform?(input: AssignmentInput): ReadonlyMap<string, string>
}

export interface AssignmentInput {
  /** Sorted by `memberId`. */
  readonly members: readonly GroupMember[]
  readonly partitionCounts: ReadonlyMap<string, number>
}

export interface GroupMember {
  readonly memberId: string
  /** What this member owned in the generation before; empty for a newcomer. */
  readonly owned: readonly TopicPartition[]
  /** What its `ConsumerOptions.info` said when it joined; absent or '' where it said nothing. */
  readonly info?: string
}

export interface Assignment {
  /** Rises with every join of this consumer, also after its internal restarts. */
  readonly generation: number
  readonly memberId: string
  readonly partitions: readonly TopicPartition[]
  /** From the assignor's `inform`; absent or '' where it said nothing. */
  readonly info?: string
}

/**
 * What a consumer tells its owner. Calls never overlap in a way that would break this order:
 * `onAssigned` → `onBatch`* → `onRevoking` → `onAssigned` (next generation) …
 */
export interface ConsumerListener {
  /**
   * The member has joined. Reading starts when the promise resolves, for each partition at exactly the offset that it
   * names; a partition that is not named is not read. Rejecting fails the consumer.
   */
  onAssigned(assignment: Assignment): Promise<readonly PartitionOffset[]>
  /** A fetched batch. Must return at once (enqueue it); call `pause` to stop more from coming. */
  onBatch(batch: RecordBatch, generation: number): void
  /**
   * A rebalance has begun, or the consumer restarts or stops: this generation is about to end. The consumer waits for
   * the promise where it can, a bounded time; commits of the generation may still succeed until then.
   */
  onRevoking(generation: number): Promise<void>
  /** The consumer is gone for good (its restart budget is spent, or the error cannot heal). Called at most once. */
  onFailed(error: StreamsError): void
}

export interface TransportConsumer {
  /** Joins the group. Resolves once the first assignment's reading has started. Rejects if it cannot join. */
  start(): Promise<void>
  /** No batch of these partitions is handed over from now on, until `resume`, also across rebalances. Nothing is lost: reading goes on where it was. */
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
  /**
   * Commits next offsets for `generation`. Rejects with GENERATION_LOST when that generation is over (a commit that
   * did not happen), and with TRANSPORT_FAILED when retrying did not help.
   */
  commit(offsets: readonly CommittedOffset[], generation: number): Promise<void>
  /** What the group has committed for these partitions. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>
  /** Leaves the group, after `onRevoking` of the current generation has had its time. Idempotent. */
  stop(): Promise<void>
}

export interface ProducerOptions {
  readonly clientId: string
  /** Compression of produced batches. Default 'none'. */
  readonly compression?: 'none' | 'gzip'
}

/** The records for one partition of one topic, in order. */
export interface ProduceBatch extends TopicPartition {
  readonly records: readonly OutgoingRecord[]
}

export interface ProduceAck extends TopicPartition {
  /** The offset of the first record of the batch. */
  readonly baseOffset: number
  readonly count: number
}

/**
 * Apart from groups: reads the partitions that it is given, each in offset order. Transient errors are retried inside
 * for ever, with a warning; a partition whose offset is no longer in the log goes on at the first that is.
 */
export interface TransportReader {
  /** Begins with each partition at exactly the offset named. One that is being read already starts over there. */
  add(partitions: readonly PartitionOffset[]): void
  /** No batch of these is handed over from now on. */
  remove(partitions: readonly TopicPartition[]): void
  /** Idempotent. Resolves when nothing is handed over any more. */
  close(): Promise<void>
}

export interface ReaderOptions {
  readonly clientId: string
  readonly isolation: 'read_uncommitted' | 'read_committed'
}

export interface ReaderListener {
  /**
   * A fetched batch; may be empty, with a `nextOffset` that moved on (control records, compaction). The next batch of
   * its partition waits for the promise.
   */
  onBatch(batch: RecordBatch): Promise<void> | void
  /** The partition cannot be read any more (its topic was deleted, no permission); it is removed. */
  onFailed(error: StreamsError, partition: TopicPartition): void
}

export interface TransactionalProducerOptions extends ProducerOptions {
  readonly transactionalId: string
  /** The broker aborts a transaction that is open for longer, ms. Default 60,000. */
  readonly timeoutMs?: number
}

/**
 * One transaction at a time; one call at a time. Rejects with PRODUCER_FENCED when another has taken the id (never
 * retried), with TRANSACTION_FAILED when the transaction cannot be committed: then `abort`, and if that rejects too, make
 * a new producer.
 */
export interface TransactionalProducer {
  /** Fences earlier holders of the id and ends what they left open. Before anything else, and before offsets are read. */
  init(): Promise<void>
  /** As `TransportProducer.send`, in the open transaction; begins one where there is none. */
  send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]>
  /** Adds next offsets of a group to the open transaction; begins one where there is none. */
  sendOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<void>
  /** All or nothing becomes visible. Nothing to do where no transaction is open. */
  commit(): Promise<void>
  abort(): Promise<void>
  /** Aborts what is open. Idempotent. */
  close(): Promise<void>
}

export interface TransportProducer {
  /**
   * Writes batches in order per partition; resolves when every record is acknowledged by all in-sync replicas.
   * Transient errors are retried inside. Rejects with PRODUCE_FAILED: then the outcome of each batch is unknown.
   * The caller keeps at most one `send` outstanding.
   */
  send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]>
  close(): Promise<void>
}
