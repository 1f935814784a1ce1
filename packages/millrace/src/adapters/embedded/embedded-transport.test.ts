import { describe, expect, it } from 'vitest'
import type {
  Assignment,
  ConsumerListener,
  GroupAssignor,
  OutgoingRecord,
  PartitionOffset,
  RecordBatch,
  Transport,
  TransportConsumer,
} from '../../ports/index.ts'
import type { StreamsError } from '../../errors/index.ts'
import { embedded, type EmbeddedServer } from './index.ts'

// What every transport does stands in testing/conformance/transport and is run on this one there.

const topic = 'ratings'
const partition = { topic, partition: 0 }

const takesAll: GroupAssignor = {
  name: 'takes-all-1',
  assign: ({ members, partitionCounts }) =>
    new Map([
      [
        members[0]?.memberId ?? '',
        [...partitionCounts].flatMap(([name, count]) =>
          Array.from({ length: count }, (_, index) => ({ topic: name, partition: index })),
        ),
      ],
    ]),
}

/** Reads everything from the committed offsets, and commits when told to. */
class Reader implements ConsumerListener {
  readonly consumer: TransportConsumer
  count = 0
  generation = 0
  largestBatch = 0
  failure: StreamsError | null = null
  readonly #from: number
  #waiting: { count: number; resolve: () => void; reject: (error: StreamsError) => void } | null = null

  constructor(transport: Transport, groupId: string, from: number = 0, assignor: GroupAssignor = takesAll) {
    this.#from = from
    const options = { groupId, clientId: 'test', topics: [topic], assignor, isolation: 'read_uncommitted' as const }
    this.consumer = transport.consumer(options, this)
  }

  commit(offset: number): Promise<void> {
    return this.consumer.commit([{ ...partition, offset, metadata: '' }], this.generation)
  }

  read(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { count, resolve, reject }
      this.#look()
    })
  }

  async onAssigned(assignment: Assignment): Promise<readonly PartitionOffset[]> {
    this.generation = assignment.generation
    const committed = await this.consumer.committed(assignment.partitions)
    return assignment.partitions.map(
      (each) => committed.find((commit) => commit.partition === each.partition) ?? { ...each, offset: this.#from },
    )
  }

  onBatch(batch: RecordBatch): void {
    this.count += batch.count
    this.largestBatch = Math.max(this.largestBatch, batch.count)
    this.#look()
  }

  async onRevoking(): Promise<void> {}

  onFailed(error: StreamsError): void {
    this.failure = error
    this.#waiting?.reject(error)
  }

  #look(): void {
    if (this.#waiting && this.count >= this.#waiting.count) this.#waiting.resolve()
  }
}

function records(count: number, bytes: number = 4): readonly OutgoingRecord[] {
  const value = Buffer.alloc(bytes)
  return Array.from({ length: count }, (_, timestamp) => ({ key: null, value, timestamp, headers: [] }))
}

async function connect(server: EmbeddedServer): Promise<Transport> {
  const transport = server.transport()
  await transport.connect()
  return transport
}

async function earliest(transport: Transport): Promise<number | undefined> {
  return (await transport.admin.offsets([partition], 'earliest'))[0]?.offset
}

describe('embedded server', () => {
  it('keeps topics and commits when a transport closes', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const first = await connect(server)
    await first.producer({ clientId: 'test' }).send([{ ...partition, records: records(3) }])
    const reader = new Reader(first, 'group')
    await reader.consumer.start()
    await reader.read(3)
    await reader.commit(3)
    await first.close()
    const second = await connect(server)
    expect(await second.admin.committed('group', [partition])).toEqual([{ ...partition, offset: 3, metadata: '' }])
    expect(await second.admin.offsets([partition], 'latest')).toEqual([{ ...partition, offset: 3 }])
    await expect(first.admin.partitionCounts([topic])).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
  })

  it('has tables of its own, the same ones whenever they are asked for', () => {
    const server = embedded()
    expect(server.tables).toBe(server.tables)
    expect(server.tables).not.toBe(embedded().tables)
  })

  it('refuses topics that do not exist, and makes them when told to', async () => {
    const strict = await connect(embedded())
    const batch = { ...partition, records: records(1) }
    await expect(strict.producer({ clientId: 'test' }).send([batch])).rejects.toMatchObject({ code: 'PRODUCE_FAILED' })
    await expect(new Reader(strict, 'group').consumer.start()).rejects.toMatchObject({ code: 'TOPIC_MISSING' })
    const easy = await connect(embedded({ autoCreatePartitions: 2 }))
    expect((await easy.admin.partitionCounts([topic])).size).toBe(0)
    await easy.producer({ clientId: 'test' }).send([batch])
    expect(await easy.admin.partitionCounts([topic])).toEqual(new Map([[topic, 2]]))
  })

  it('writes nothing when one of the batches cannot be written', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const batches = [0, 1].map((index) => ({ topic, partition: index, records: records(1) }))
    await expect(transport.producer({ clientId: 'test' }).send(batches)).rejects.toMatchObject({
      code: 'PRODUCE_FAILED',
    })
    expect(await transport.admin.offsets([partition], 'latest')).toEqual([{ ...partition, offset: 0 }])
  })

  it('fails a consumer whose topic is deleted while it reads', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const reader = new Reader(transport, 'group')
    await reader.consumer.start()
    const reading = reader.read(1)
    server.deleteTopic(topic)
    await expect(reading).rejects.toMatchObject({ code: 'TOPIC_MISSING' })
    await transport.close()
  })

  it('keeps the config of a topic, also of one made by the admin', async () => {
    const server = embedded()
    const transport = await connect(server)
    await transport.admin.createTopics([{ topic, partitions: 1, config: { 'cleanup.policy': 'compact' } }])
    server.createTopic('other', { partitions: 1, config: { 'cleanup.policy': 'compact' } })
    for (const name of [topic, 'other']) {
      const batch = { topic: name, partition: 0, records: records(1) }
      await expect(transport.producer({ clientId: 'test' }).send([batch])).rejects.toThrow(/compacted topic has no key/)
      await expect(transport.admin.deleteRecords([{ topic: name, partition: 0, offset: 0 }])).rejects.toMatchObject({
        code: 'TRANSPORT_FAILED',
      })
    }
  })

  it('refuses names and partition counts that Kafka refuses', () => {
    const server = embedded()
    expect(() => server.createTopic('a b', { partitions: 1 })).toThrow(/letters, digits/)
    expect(() => server.createTopic('a', { partitions: 0 })).toThrow(/whole number/)
  })

  it('refuses a member whose assignor is not the one of the group', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    await new Reader(transport, 'group').consumer.start()
    const other = new Reader(transport, 'group', 0, { ...takesAll, name: 'takes-all-2' })
    await expect(other.consumer.start()).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    await transport.close()
  })

  it('fails all members when their assignor gives one partition to two', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const twice: GroupAssignor = {
      name: 'twice-1',
      assign: ({ members }) => new Map(members.map(({ memberId }) => [memberId, [partition]])),
    }
    const readers = [new Reader(transport, 'group', 0, twice), new Reader(transport, 'group', 0, twice)]
    const started = await Promise.allSettled(readers.map((reader) => reader.consumer.start()))
    expect(started.map((each) => (each.status === 'rejected' ? each.reason.code : 'started'))).toEqual([
      'TRANSPORT_FAILED',
      'TRANSPORT_FAILED',
    ])
  })
})

describe('retention', () => {
  it('frees what every group has committed, in whole segments', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1, retainRecords: 'committed' })
    const transport = await connect(server)
    await transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(5_000) }])
    const [fast, slow] = [new Reader(transport, 'fast'), new Reader(transport, 'slow')]
    await Promise.all([fast.consumer.start(), slow.consumer.start()])
    await Promise.all([fast.read(5_000), slow.read(5_000)])
    await fast.commit(4_500)
    expect(await earliest(transport)).toBe(0)
    await slow.commit(2_100)
    expect(await earliest(transport)).toBe(2_048)
    await slow.commit(5_000)
    expect(await earliest(transport)).toBe(4_096)
    await fast.commit(5_000)
    await transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(200) }])
    await Promise.all([fast.read(5_200), slow.read(5_200)])
    await transport.close()
  })

  it('keeps everything unless it is told to free', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    await transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(3_000) }])
    const reader = new Reader(transport, 'group')
    await reader.consumer.start()
    await reader.read(3_000)
    await reader.commit(3_000)
    expect(await earliest(transport)).toBe(0)
    await transport.close()
  })

  it('fails a reader whose position was deleted, and starts one at the earliest offset', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    await transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(3_000) }])
    server.deleteRecords(partition, 1_500)
    expect(await earliest(transport)).toBe(1_500)
    await expect(new Reader(transport, 'late').consumer.start()).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
    const reader = new Reader(transport, 'group', 1_500)
    await reader.consumer.start()
    await reader.read(1_500)
    expect(reader.count).toBe(1_500)
    await transport.close()
  })
})

describe('batches', () => {
  it('are bounded in records and bytes, and hold at least one record', async () => {
    for (const [limits, largest] of [
      [{ maxBatchRecords: 100 }, 100],
      [{ maxBatchBytes: 50 }, 12],
      [{ maxBatchBytes: 1 }, 1],
    ] as const) {
      const server = embedded(limits)
      server.createTopic(topic, { partitions: 1 })
      const transport = await connect(server)
      await transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(1_000) }])
      const reader = new Reader(transport, 'group')
      await reader.consumer.start()
      await reader.read(1_000)
      expect(reader.largestBatch).toBe(largest)
      await transport.close()
    }
  })

  it('carry 200,000 records through a topic that frees what was committed, in bounded memory', async () => {
    const server = embedded({ retainRecords: 'committed' })
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const producer = transport.producer({ clientId: 'test' })
    const reader = new Reader(transport, 'group')
    await reader.consumer.start()
    for (let written = 1_000; written <= 200_000; written += 1_000) {
      await producer.send([{ ...partition, records: records(1_000) }])
      await reader.read(written)
      await reader.commit(written)
      expect(written - ((await earliest(transport)) ?? 0)).toBeLessThan(1_024)
    }
    expect(reader.count).toBe(200_000)
    await transport.close()
  })
})

describe('a server that is disconnected', () => {
  it('refuses connections and lets requests wait until it is back', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const reader = new Reader(transport, 'group')
    await reader.consumer.start()
    server.disconnect()
    await expect(server.transport().connect()).rejects.toMatchObject({ code: 'TRANSPORT_UNREACHABLE' })
    const sending = transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(2) }])
    const committing = reader.commit(0)
    server.reconnect()
    expect(await sending).toEqual([{ ...partition, baseOffset: 0, count: 2 }])
    await committing
    await reader.read(2)
    await transport.close()
  })

  it('fails requests that wait too long', async () => {
    const server = embedded({ requestTimeoutMs: 1 })
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const reader = new Reader(transport, 'group')
    await reader.consumer.start()
    server.disconnect()
    const batch = { ...partition, records: records(1) }
    await expect(transport.producer({ clientId: 'test' }).send([batch])).rejects.toMatchObject({
      code: 'PRODUCE_FAILED',
    })
    await expect(reader.commit(0)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    await expect(transport.admin.partitionCounts([topic])).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    server.reconnect()
    expect(await transport.admin.offsets([partition], 'latest')).toEqual([{ ...partition, offset: 0 }])
    await transport.close()
  })

  it('takes the generation of expelled members, who join anew', async () => {
    const server = embedded()
    server.createTopic(topic, { partitions: 1 })
    const transport = await connect(server)
    const reader = new Reader(transport, 'group')
    await reader.consumer.start()
    server.expelMembers('group')
    await expect(reader.commit(0)).rejects.toMatchObject({ code: 'GENERATION_LOST' })
    await transport.producer({ clientId: 'test' }).send([{ ...partition, records: records(1) }])
    await reader.read(1)
    await reader.commit(1)
    await transport.close()
  })
})
