import type { StreamsError } from '../../../errors/index.ts'
import type {
  Assignment,
  CommittedOffset,
  ConsumerListener,
  ConsumerOptions,
  PartitionOffset,
  RecordBatch,
  RecordHeaders,
  TopicPartition,
  Transport,
  TransportConsumer,
} from '../../../ports/index.ts'
import { createSpreadAssignor } from './spread-assignor.ts'

export interface MemberOptions extends Partial<ConsumerOptions> {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Where to read from. Default: the committed offsets, else the earliest. */
  readonly positions?: (assignment: Assignment, member: RecordingMember) => Promise<readonly PartitionOffset[]>
  readonly whenRevoking?: (generation: number, member: RecordingMember) => Promise<void>
  readonly whenBatch?: (batch: RecordBatch, generation: number, member: RecordingMember) => void
  /** Offsets may be left out, as transactions and compaction do. Default false: that is a violation. */
  readonly hasGaps?: boolean
}

/** A copy of a record that was handed over. */
export interface ReceivedRecord extends TopicPartition {
  readonly generation: number
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [name: string, value: string | null])[]
}

type Phase = 'outside' | 'assigning' | 'reading' | 'revoking' | 'failed' | 'stopped'

/**
 * A consumer with a listener that keeps what it was told, and notes in `violations` whatever the contract forbids:
 * calls out of order, gaps, repeats, batches of partitions that are paused or were not asked for.
 */
export class RecordingMember implements ConsumerListener {
  readonly consumer: TransportConsumer
  readonly received: ReceivedRecord[] = []
  readonly batches: RecordBatch[] = []
  readonly assignments: Assignment[] = []
  readonly revoked: number[] = []
  readonly violations: string[] = []
  failure: StreamsError | null = null
  phase: Phase = 'outside'

  readonly #transport: Transport
  readonly #options: MemberOptions
  readonly #notify: () => void
  readonly #next = new Map<string, number>()
  readonly #paused = new Set<string>()

  constructor(transport: Transport, options: MemberOptions, notify: () => void) {
    this.#transport = transport
    this.#options = options
    this.#notify = notify
    this.consumer = transport.consumer(
      {
        groupId: options.groupId,
        clientId: options.clientId ?? 'conformance',
        topics: options.topics,
        assignor: options.assignor ?? createSpreadAssignor(),
        isolation: options.isolation ?? 'read_uncommitted',
        ...(options.info ? { info: options.info } : {}),
      },
      this,
    )
  }

  start(): Promise<void> {
    return this.consumer.start()
  }

  async stop(): Promise<void> {
    await this.consumer.stop()
    this.phase = 'stopped'
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(nameOf(partition))
    this.consumer.pause(partitions)
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(nameOf(partition))
    this.consumer.resume(partitions)
  }

  get generation(): number {
    return this.assignments.at(-1)?.generation ?? -1
  }

  /** What this member reads now, sorted: `topic/partition`. */
  get reading(): readonly string[] {
    const partitions = this.phase === 'reading' ? (this.assignments.at(-1)?.partitions ?? []) : []
    return partitions.map(nameOf).sort()
  }

  values(topic: string, partition?: number): readonly (string | null)[] {
    return this.received
      .filter((record) => record.topic === topic && (partition === undefined || record.partition === partition))
      .map((record) => record.value)
  }

  /** Commits everything received so far in this generation. */
  commitReceived(): Promise<void> {
    const { generation } = this
    const next = new Map<string, CommittedOffset>()
    for (const { topic, partition, offset, ...record } of this.received) {
      if (record.generation !== generation) continue
      next.set(nameOf({ topic, partition }), { topic, partition, offset: offset + 1, metadata: '' })
    }
    return this.consumer.commit([...next.values()], generation)
  }

  /** For each partition: what the group has committed, else the earliest offset. */
  async committedOrEarliest(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffset[]> {
    const committed = await this.consumer.committed(partitions)
    const known = new Set(committed.map(nameOf))
    const unknown = partitions.filter((partition) => !known.has(nameOf(partition)))
    const earliest = unknown.length > 0 ? await this.#transport.admin.offsets(unknown, 'earliest') : []
    return [...committed, ...earliest].map(({ topic, partition, offset }) => ({ topic, partition, offset }))
  }

  async onAssigned(assignment: Assignment): Promise<readonly PartitionOffset[]> {
    if (this.phase !== 'outside') this.#violates(`onAssigned while ${this.phase}`)
    if (assignment.generation <= this.generation) this.#violates(`generation ${assignment.generation} does not rise`)
    this.phase = 'assigning'
    this.assignments.push(assignment)
    this.#notify()
    const positions = this.#options.positions
      ? await this.#options.positions(assignment, this)
      : await this.committedOrEarliest(assignment.partitions)
    this.#next.clear()
    for (const position of positions) this.#next.set(nameOf(position), position.offset)
    this.phase = 'reading'
    this.#notify()
    return positions
  }

  onBatch(batch: RecordBatch, generation: number): void {
    const name = nameOf(batch)
    if (this.phase !== 'reading') this.#violates(`batch of ${name} while ${this.phase}`)
    if (generation !== this.generation) this.#violates(`batch of generation ${generation} in ${this.generation}`)
    if (this.#paused.has(name)) this.#violates(`batch of ${name}, which is paused`)
    this.#take(batch, name, generation)
    this.batches.push(batch)
    this.#options.whenBatch?.(batch, generation, this)
    this.#notify()
  }

  async onRevoking(generation: number): Promise<void> {
    if (this.phase !== 'reading') this.#violates(`onRevoking while ${this.phase}`)
    if (generation !== this.generation) this.#violates(`onRevoking(${generation}) in generation ${this.generation}`)
    this.phase = 'revoking'
    this.revoked.push(generation)
    this.#notify()
    await this.#options.whenRevoking?.(generation, this)
    this.phase = 'outside'
    this.#notify()
  }

  onFailed(error: StreamsError): void {
    if (this.failure) this.#violates('onFailed twice')
    this.failure = error
    this.phase = 'failed'
    this.#notify()
  }

  /** One line for a failed wait. */
  describe(): string {
    const failure = this.failure ? `, failed: ${this.failure.message}` : ''
    const violations = this.violations.length > 0 ? `, violations: ${this.violations.join('; ')}` : ''
    const owned = this.assignments.at(-1)?.partitions.map(nameOf).join(' ') ?? ''
    return `[${this.phase}, generation ${this.generation}, owns ${owned || 'nothing'}, ${this.received.length} records${failure}${violations}]`
  }

  #take(batch: RecordBatch, name: string, generation: number): void {
    let next = this.#next.get(name)
    if (next === undefined) {
      this.#violates(`batch of ${name}, which onAssigned did not name`)
      next = batch.offset(0)
    }
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offset(index)
      if (offset < next || (offset > next && !this.#options.hasGaps))
        this.#violates(`${name}: offset ${offset} where ${next} is next`)
      next = offset + 1
      this.received.push({ ...receivedFrom(batch, index), generation })
    }
    if (batch.nextOffset < next) this.#violates(`${name}: nextOffset ${batch.nextOffset}, but ${next - 1} was in it`)
    this.#next.set(name, batch.nextOffset)
  }

  #violates(what: string): void {
    if (this.violations.length < 20) this.violations.push(what)
  }
}

export function receivedFrom(batch: RecordBatch, index: number): Omit<ReceivedRecord, 'generation'> {
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: batch.offset(index),
    timestamp: batch.timestamp(index),
    key: textOf(batch.key(index)),
    value: textOf(batch.value(index)),
    headers: pairsOf(batch.headers(index)),
  }
}

function pairsOf(headers: RecordHeaders): readonly (readonly [string, string | null])[] {
  return headers.map(({ name, value }) => [name, textOf(value)] as const)
}

function textOf(buffer: Buffer | null): string | null {
  return buffer === null ? null : buffer.toString('utf8')
}

export function nameOf(partition: TopicPartition): string {
  return `${partition.topic}/${partition.partition}`
}
