import { messageOf, StreamsError } from '../../errors/index.ts'
import type {
  Assignment,
  CommittedOffset,
  ConsumerListener,
  ConsumerOptions,
  GroupAssignor,
  TopicPartition,
  TransportConsumer,
} from '../../ports/index.ts'
import type { BrokerRequest } from './broker-faults.ts'
import type { ConsumerGroup, GroupParticipant } from './consumer-group.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import { GenerationReader } from './generation-reader.ts'
import type { Isolation } from './partition-log.ts'
import { transportFailed } from './request-gate.ts'

/**
 * A member of a group. Each generation is read by a reader of its own; calls of the listener follow one another
 * strictly: `onRevoking` waits for `onAssigned`, and the next `onAssigned` for `onRevoking`.
 *
 * ```
 * created → joined → stopped
 *              └────→ failed
 * ```
 */
export class EmbeddedConsumer implements TransportConsumer, GroupParticipant {
  readonly clientId: string
  readonly topics: readonly string[]
  readonly assignor: GroupAssignor
  readonly info: () => string
  readonly #isolation: Isolation
  readonly #broker: EmbeddedBroker
  readonly #group: ConsumerGroup
  readonly #listener: ConsumerListener
  readonly #paused = new Set<string>()
  #state: 'created' | 'joined' | 'stopped' | 'failed' = 'created'
  #reader: GenerationReader | null = null
  #memberId: string | null = null
  #started: { resolve: () => void; reject: (error: StreamsError) => void } | null = null
  #stopping: Promise<void> | null = null

  constructor(broker: EmbeddedBroker, options: ConsumerOptions, listener: ConsumerListener) {
    this.clientId = options.clientId
    this.topics = options.topics
    this.assignor = options.assignor
    this.info = options.info ?? ((): string => '')
    this.#isolation = options.isolation
    this.#broker = broker
    this.#group = broker.group(options.groupId)
    this.#listener = listener
  }

  get takesPart(): boolean {
    return this.#state === 'joined' && this.#stopping === null
  }

  async start(): Promise<void> {
    if (this.#state !== 'created' || this.#stopping) throw this.#cannotStart()
    this.#state = 'joined'
    try {
      await this.#broker.gate.arrive(this.#request('join'), transportFailed('The group cannot be joined'))
      if (!this.takesPart) throw this.#cannotStart()
      for (const topic of this.topics) this.#broker.usedTopic(topic)
      this.#group.join(this)
    } catch (thrown) {
      if (!this.#stopping) this.#state = 'created'
      throw thrown
    }
    await new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject }
    })
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#paused.add(`${topic}/${partition}`)
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#paused.delete(`${topic}/${partition}`)
    this.#reader?.wake()
  }

  async commit(offsets: readonly CommittedOffset[], generation: number): Promise<void> {
    const commit = (): void => this.#group.commit(this, offsets, generation)
    await this.#broker.gate.pass(
      { ...this.#request('commit'), partitions: offsets },
      commit,
      transportFailed('Offsets cannot be committed'),
    )
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    const read = (): readonly CommittedOffset[] => this.#group.committed(partitions)
    return this.#broker.gate.pass(this.#request('admin'), read, transportFailed('Committed offsets cannot be read'))
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  begin(assignment: Assignment): void {
    this.#memberId = assignment.memberId
    this.#reader = new GenerationReader(this.#broker, assignment, this.#listener, {
      isolation: this.#isolation,
      request: (kind) => this.#request(kind),
      isPaused: (name) => this.#paused.has(name),
      opened: () => {
        this.#started?.resolve()
        this.#started = null
      },
      failed: (thrown) => this.fail(asStreamsError(thrown)),
    })
  }

  async end(): Promise<void> {
    await this.#reader?.end()
  }

  fail(error: StreamsError): void {
    if (this.#state === 'stopped' || this.#state === 'failed') return
    this.#state = 'failed'
    this.#reader?.abandon()
    this.#group.leave(this)
    // Whoever still waits for start() is told there; told twice, one failure looks like two.
    if (this.#started) this.#started.reject(error)
    else this.#listener.onFailed(error)
    this.#started = null
  }

  async #stop(): Promise<void> {
    await this.end()
    this.#group.leave(this)
    if (this.#state !== 'failed') this.#state = 'stopped'
    this.#started?.reject(this.#cannotStart())
    this.#started = null
  }

  #request(kind: BrokerRequest['kind']): BrokerRequest {
    const { clientId } = this
    const memberId = this.#memberId
    return { kind, clientId, groupId: this.#group.groupId, ...(memberId === null ? {} : { memberId }) }
  }

  #cannotStart(): StreamsError {
    return new StreamsError({
      code: this.#state === 'stopped' || this.#stopping ? 'TRANSPORT_CLOSED' : 'LIFECYCLE_INVALID',
      what: this.#stopping ? 'The consumer was stopped before it had started' : 'The consumer was started before',
      hint: 'Start a consumer once, and make a new one after stop().',
    })
  }
}

function asStreamsError(thrown: unknown): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: `The listener of a consumer threw: ${messageOf(thrown)}`,
    hint: 'See the cause.',
    cause: thrown,
  })
}
