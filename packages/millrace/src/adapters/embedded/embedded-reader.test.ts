import { describe, expect, it } from 'vitest'
import type { PartitionOffset, ReaderListener, RecordBatch, TopicPartition, Transport } from '../../ports/index.ts'
import type { StreamsError } from '../../errors/index.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { embedded, type BrokerFault, type EmbeddedServer } from './index.ts'

// What every transport does stands in testing/conformance/transport and is run on this one there.

const partition = { topic: 't', partition: 0 }
const other = { topic: 'u', partition: 0 }

class Recorder implements ReaderListener {
  readonly offsets: number[] = []
  readonly failures: string[] = []

  onBatch(batch: RecordBatch): void {
    for (let index = 0; index < batch.count; index++) this.offsets.push(batch.offset(index))
  }

  onFailed(error: StreamsError, { topic }: TopicPartition): void {
    this.failures.push(`${topic} ${error.code}`)
  }
}

class Play {
  readonly clock = new ManualClock()
  readonly server: EmbeddedServer
  readonly transport: Transport
  readonly seen = new Recorder()
  fetchFault: BrokerFault | null = null

  private constructor() {
    const before = ({ kind }: { kind: string }): BrokerFault | null => (kind === 'fetch' ? this.fetchFault : null)
    this.server = embedded({ clock: this.clock, faults: { before } })
    for (const topic of ['t', 'u']) this.server.createTopic(topic, { partitions: 1 })
    this.transport = this.server.transport()
  }

  static async begin(...from: readonly PartitionOffset[]): Promise<Play> {
    const play = new Play()
    await play.transport.connect()
    await play.write(partition, 5)
    await play.write(other, 1)
    play.transport.reader({ clientId: 'r', isolation: 'read_uncommitted' }, play.seen).add(from)
    await play.settle()
    return play
  }

  async write(to: TopicPartition, count: number): Promise<void> {
    const records = Array.from({ length: count }, () => ({ key: null, value: null, timestamp: 0, headers: [] }))
    await this.transport.producer({ clientId: 'p' }).send([{ ...to, records }])
    await this.settle()
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await this.clock.yield()
  }
}

describe('a reader of the embedded server', () => {
  it('tells of a topic that is deleted, and goes on with the others', async () => {
    const play = await Play.begin({ ...partition, offset: 3 }, { ...other, offset: 1 })
    play.server.deleteTopic('t')
    await play.settle()
    expect(play.seen.failures).toEqual(['t TOPIC_MISSING'])
    await play.write(other, 1)
    expect(play.seen.offsets).toEqual([3, 4, 1])
  })

  it('does not take a topic for the one of the same name that was deleted', async () => {
    const play = await Play.begin({ ...partition, offset: 5 })
    play.server.deleteTopic('t')
    play.server.createTopic('t', { partitions: 1 })
    await play.write(partition, 9)
    expect([play.seen.offsets, play.seen.failures]).toEqual([[], ['t TOPIC_MISSING']])
  })

  it('goes on at the first offset when its own lies behind the end, or is deleted while it reads', async () => {
    const play = await Play.begin({ ...partition, offset: 99 })
    expect(play.seen.offsets).toEqual([0, 1, 2, 3, 4])
    play.server.disconnect()
    play.server.reconnect()
    await play.settle()
    expect(play.seen.offsets).toEqual([0, 1, 2, 3, 4])
  })

  it('reads nothing while the server is down, and then all of it once', async () => {
    const play = await Play.begin({ ...partition, offset: 4 })
    play.server.disconnect()
    const written = play.write(partition, 2)
    await play.settle()
    expect(play.seen.offsets).toEqual([4])
    play.server.reconnect()
    await written
    await play.settle()
    expect(play.seen.offsets).toEqual([4, 5, 6])
  })

  it('tries a fetch again that failed, and tells of one that cannot heal', async () => {
    const play = await Play.begin({ ...partition, offset: 5 })
    play.fetchFault = { kind: 'fail', retriable: true }
    await play.write(partition, 1)
    expect(play.seen.offsets).toEqual([])
    play.fetchFault = null
    play.clock.advance(100)
    await play.settle()
    expect(play.seen.offsets).toEqual([5])
    play.fetchFault = { kind: 'fail', retriable: false }
    await play.write(partition, 1)
    expect([play.seen.offsets, play.seen.failures]).toEqual([[5], ['t TRANSPORT_FAILED']])
  })
})
