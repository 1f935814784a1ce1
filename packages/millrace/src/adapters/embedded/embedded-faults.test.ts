import { describe, expect, it } from 'vitest'
import type {
  Assignment,
  ConsumerListener,
  GroupAssignor,
  PartitionOffset,
  ProduceBatch,
  RecordBatch,
  Transport,
  TransportConsumer,
  TransportProducer,
} from '../../ports/index.ts'
import type { StreamsError } from '../../errors/index.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { embedded, type BrokerFault, type BrokerRequest, type EmbeddedServer } from './index.ts'

const partition = { topic: 't', partition: 0 }

/** Gives everything to the member that came last. */
const newestTakesAll: GroupAssignor = {
  name: 'newest-takes-all-1',
  assign: ({ members }) => new Map([[members.at(-1)?.memberId ?? '', [partition]]]),
}

function batchOf(...values: readonly string[]): ProduceBatch {
  const records = values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 0, headers: [] }))
  return { ...partition, records }
}

/** Reads from offset 0 and keeps what it is told. */
class Member implements ConsumerListener {
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

class Play {
  readonly clock = new ManualClock()
  readonly requests: BrokerRequest[] = []
  /** Clients whose requests are never answered. */
  readonly hanging = new Set<string>()
  readonly server: EmbeddedServer
  readonly transport: Transport
  /** The faults of the next requests, each met once: `kind of request`, before or after. */
  readonly before = new Map<BrokerRequest['kind'], BrokerFault>()
  readonly after = new Map<BrokerRequest['kind'], BrokerFault>()

  private constructor() {
    const take = (faults: Play['before'], { kind }: BrokerRequest): BrokerFault | null => {
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

  static async begin(): Promise<Play> {
    const play = new Play()
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

describe('a fault of a request', () => {
  it('refuses it before its effect', async () => {
    const play = await Play.begin()
    play.before.set('produce', { kind: 'fail', retriable: true })
    await expect(play.producer().send([batchOf('a')])).rejects.toMatchObject({
      code: 'PRODUCE_FAILED',
      retriable: true,
    })
    expect(await play.end()).toBe(0)
  })

  it('loses the answer after its effect', async () => {
    const play = await Play.begin()
    play.after.set('produce', { kind: 'fail', retriable: false })
    await expect(play.producer().send([batchOf('a')])).rejects.toMatchObject({
      code: 'PRODUCE_FAILED',
      retriable: false,
    })
    expect(await play.end()).toBe(1)
  })

  it('lets what is produced arrive twice, the second time acknowledged', async () => {
    const play = await Play.begin()
    play.before.set('produce', { kind: 'duplicate' })
    expect(await play.producer().send([batchOf('a', 'b')])).toEqual([{ ...partition, baseOffset: 2, count: 2 }])
    expect(await play.end()).toBe(4)
  })

  it('delays its effect, or its answer', async () => {
    const play = await Play.begin()
    play.before.set('produce', { kind: 'delay', ms: 50 })
    play.after.set('produce', { kind: 'delay', ms: 50 })
    let isAnswered = false
    const sent = play
      .producer()
      .send([batchOf('a')])
      .then(() => (isAnswered = true))
    await play.settle()
    await play.pass(49)
    expect(await play.end()).toBe(0)
    await play.pass(1)
    expect([await play.end(), isAnswered]).toEqual([1, false])
    await play.pass(50)
    await sent
  })

  it('pauses the server for everybody', async () => {
    const play = await Play.begin()
    const member = await play.member('m')
    play.after.set('produce', { kind: 'pause', ms: 1_000 })
    const sent = play.producer().send([batchOf('a')])
    await play.settle()
    await play.pass(999)
    expect(member.events).toEqual(['assigned 1'])
    await play.pass(1)
    await sent
    await play.settle()
    expect(member.events).toEqual(['assigned 1', 'a'])
    await play.transport.close()
  })

  it('commits and loses the answer', async () => {
    const play = await Play.begin()
    const member = await play.member('m')
    play.after.set('commit', { kind: 'fail', retriable: true })
    await expect(member.commit(7)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retriable: true })
    expect(await play.transport.admin.committed('g', [partition])).toEqual([{ ...partition, offset: 7, metadata: '' }])
    await play.transport.close()
  })

  it('holds a fetch up until it is tried again, or fails the consumer', async () => {
    const play = await Play.begin()
    const member = await play.member('m')
    await play.settle()
    play.before.set('fetch', { kind: 'fail', retriable: true })
    await play.producer().send([batchOf('a')])
    await play.settle()
    expect(member.events).toEqual(['assigned 1'])
    await play.pass(100)
    expect(member.events).toEqual(['assigned 1', 'a'])
    play.before.set('fetch', { kind: 'fail', retriable: false })
    await play.producer().send([batchOf('b')])
    await play.settle()
    expect(member.failure).toMatchObject({ code: 'TRANSPORT_FAILED' })
    await play.transport.close()
  })

  it('rejects a first join, which can be tried again', async () => {
    const play = await Play.begin()
    play.before.set('join', { kind: 'fail', retriable: true })
    const member = new Member(play.transport, 'm')
    await expect(member.consumer.start()).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retriable: true })
    await member.consumer.start()
    expect(member.events).toEqual(['assigned 1'])
    await play.transport.close()
  })

  it('holds a rebalance up while a member cannot join', async () => {
    const play = await Play.begin()
    const first = await play.member('a')
    play.before.set('join', { kind: 'delay', ms: 1 })
    const second = new Member(play.transport, 'b')
    const started = second.consumer.start()
    await play.settle()
    play.before.set('join', { kind: 'fail', retriable: true })
    await play.pass(1)
    expect(second.events).toEqual([])
    await play.pass(100)
    await started
    await play.settle()
    expect(first.events).toEqual(['assigned 1', 'revoking', 'assigned 0'])
    expect(second.events).toEqual(['assigned 1'])
    await play.transport.close()
  })

  it('names who asks for what', async () => {
    const play = await Play.begin()
    const member = await play.member('m')
    await member.commit(1)
    const { memberId } = member.assignment!
    expect(play.requests.find(({ kind }) => kind === 'commit')).toEqual({
      kind: 'commit',
      clientId: 'm',
      groupId: 'g',
      memberId,
      partitions: [{ ...partition, offset: 1, metadata: '' }],
    })
    await play.transport.close()
  })
})

describe('a member whose session is over', () => {
  it('goes on as a zombie that can produce, until it notices', async () => {
    const play = await Play.begin()
    const heir = await play.member('a')
    const zombie = await play.member('b')
    await play.settle()
    const { generation, memberId } = zombie.assignment!
    play.server.evictMember('g', memberId, 5_000)
    await play.settle()
    expect(heir.events.at(-1)).toBe('assigned 1')
    expect(zombie.events).toEqual(['assigned 1'])
    expect(await play.producer().send([batchOf('from-zombie')])).toEqual([{ ...partition, baseOffset: 0, count: 1 }])
    await play.settle()
    expect([heir.events.at(-1), zombie.events.at(-1)]).toEqual(['from-zombie', 'from-zombie'])
    await play.pass(4_999)
    expect(zombie.events).not.toContain('revoking')
    await play.pass(1)
    expect(zombie.events.slice(-3)).toEqual(['revoking', 'assigned 1', 'from-zombie'])
    expect(zombie.assignment?.generation).toBeGreaterThan(generation)
    expect(zombie.assignment?.memberId).not.toBe(memberId)
    await play.transport.close()
  })

  it('notices when its commit is refused', async () => {
    const play = await Play.begin()
    const zombie = await play.member('b')
    play.server.evictMember('g', zombie.assignment!.memberId, 60_000)
    await play.settle()
    await expect(zombie.commit(1)).rejects.toMatchObject({ code: 'GENERATION_LOST' })
    await play.settle()
    expect(zombie.events).toEqual(['assigned 1', 'revoking', 'assigned 1'])
    await zombie.commit(2)
    await play.transport.close()
  })

  it('can lose it by the fault of any of its requests, a heartbeat too', async () => {
    const play = await Play.begin()
    const zombie = await play.member('b')
    play.before.set('heartbeat', { kind: 'evict', noticedAfterMs: 1_000 })
    await play.pass(3_000)
    await play.pass(999)
    expect(zombie.events).toEqual(['assigned 1'])
    await play.pass(1)
    expect(zombie.events).toEqual(['assigned 1', 'revoking', 'assigned 1'])
    await play.transport.close()
  })

  it('is dead for the others when all that it asks hangs: its heir goes on, it is told nothing', async () => {
    const play = await Play.begin()
    const heir = await play.member('a')
    const dead = await play.member('b')
    await play.settle()
    play.hanging.add('b')
    play.server.evictMember('g', dead.assignment!.memberId, null)
    let isAnswered = false
    void dead.commit(1).finally(() => (isAnswered = true))
    await play.producer().send([batchOf('a')])
    await play.pass(100_000)
    expect(heir.events.slice(-2)).toEqual(['assigned 1', 'a'])
    expect([dead.events, isAnswered]).toEqual([['assigned 1'], false])
    await heir.consumer.stop()
  })

  it('stops without joining again', async () => {
    const play = await Play.begin()
    const zombie = await play.member('b')
    play.server.evictMember('g', zombie.assignment!.memberId, 1_000)
    await play.settle()
    await zombie.consumer.stop()
    await play.pass(1_000)
    expect(zombie.events).toEqual(['assigned 1', 'revoking'])
    await play.transport.close()
  })
})
