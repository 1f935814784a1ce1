import { embedded, type BrokerFault, type BrokerRequest, type EmbeddedServer } from '../adapters/embedded/index.ts'
import type { StreamsError } from '../errors/index.ts'
import type {
  Assignment,
  ConsumerListener,
  GroupAssignor,
  PartitionOffset,
  ProduceBatch,
  RecordBatch,
  TopicPartition,
  Transport,
  TransportConsumer,
  TransportProducer,
} from '../ports/index.ts'
import { ManualClock } from './manual-clock.ts'

export const partition: TopicPartition = { topic: 't', partition: 0 }

/** Gives everything to the member that came last. */
const newestTakesAll: GroupAssignor = {
  name: 'newest-takes-all-1',
  assign: ({ members }) => new Map([[members.at(-1)?.memberId ?? '', [partition]]]),
}

export function batchOf(...values: readonly string[]): ProduceBatch {
  const records = values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 0, headers: [] }))
  return { ...partition, records }
}

/** Reads from offset 0 and keeps what it is told. */
export class Member implements ConsumerListener {
  readonly consumer: TransportConsumer
  readonly events: string[] = []
  assignment: Assignment | null = null
  failure: StreamsError | null = null

  constructor(transport: Transport, clientId: string) {
    const options = { groupId: 'g', clientId, topics: ['t'], assignor: newestTakesAll, isolation: 'read_uncommitted' }
    this.consumer = transport.consumer({ ...options, isolation: 'read_uncommitted' }, this)
  }

  commit(offset: number): Promise<void> {
    return this.consumer.commit([{ ...partition, offset, metadata: '' }], this.assignment?.generation ?? -1)
  }

  async onAssigned(assignment: Assignment): Promise<readonly PartitionOffset[]> {
    this.assignment = assignment
    this.events.push(`assigned ${assignment.partitions.length}`)
    return assignment.partitions.map((one) => ({ ...one, offset: 0 }))
  }

  onBatch(batch: RecordBatch): void {
    for (let index = 0; index < batch.count; index++) this.events.push(String(batch.value(index)))
  }

  async onRevoking(): Promise<void> {
    this.events.push('revoking')
  }

  onFailed(error: StreamsError): void {
    this.failure = error
  }
}

/** An embedded server with one topic under a manual clock, and the faults that a test asks for. */
export class FaultPlay {
  readonly clock: ManualClock = new ManualClock()
  readonly requests: BrokerRequest[] = []
  /** Clients whose requests are never answered. */
  readonly hanging: Set<string> = new Set()
  readonly server: EmbeddedServer
  readonly transport: Transport
  /** The faults of the next requests, each met once: `kind of request`, before or after. */
  readonly before: Map<BrokerRequest['kind'], BrokerFault> = new Map()
  readonly after: Map<BrokerRequest['kind'], BrokerFault> = new Map()

  private constructor() {
    const take = (faults: FaultPlay['before'], { kind }: BrokerRequest): BrokerFault | null => {
      const fault = faults.get(kind) ?? null
      faults.delete(kind)
      return fault
    }
    this.server = embedded({
      clock: this.clock,
      faults: {
        before: (request) => {
          this.requests.push(request)
          if (this.hanging.has(request.clientId)) return { kind: 'hang' }
          return take(this.before, request)
        },
        after: (request) => take(this.after, request),
      },
    })
    this.server.createTopic('t', { partitions: 1 })
    this.transport = this.server.transport()
  }

  static async begin(): Promise<FaultPlay> {
    const play = new FaultPlay()
    await play.transport.connect()
    return play
  }

  producer(): TransportProducer {
    return this.transport.producer({ clientId: 'c' })
  }

  async member(clientId: string): Promise<Member> {
    const member = new Member(this.transport, clientId)
    await member.consumer.start()
    return member
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms)
    await this.settle()
  }

  /** Lets everything run that waits for no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await this.clock.yield()
  }

  async end(): Promise<number | undefined> {
    return (await this.transport.admin.offsets([partition], 'latest'))[0]?.offset
  }
}
