import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createKafkajsTransport } from '../../src/adapters/kafkajs/index.ts'
import type { ConsumerOptions, RecordBatch, Transport, TransportConsumer } from '../../src/ports/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { createSpreadAssignor } from '../../src/testing/conformance/transport/spread-assignor.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const { brokers, skipped } = kafkaAddresses(inject)
const services = { clock: systemClock, logger: quietLogger() }

/** Reads everything from the start and keeps it as text. */
class Reader {
  readonly values: string[] = []
  readonly consumer: TransportConsumer
  batches = 0
  generation = 0
  generations = 0
  next = 0
  failure: unknown = null

  constructor(transport: Transport, topic: string, isolation: ConsumerOptions['isolation'] = 'read_uncommitted') {
    const assignor = createSpreadAssignor()
    const options = { groupId: `group-${randomUUID()}`, clientId: 'test', topics: [topic], assignor, isolation }
    this.consumer = transport.consumer(options, {
      onAssigned: async ({ partitions, generation }) => {
        this.generation = generation
        this.generations++
        return partitions.map((each) => ({ ...each, offset: 0 }))
      },
      onBatch: (batch) => this.#take(batch),
      onRevoking: async () => {},
      onFailed: (error) => {
        this.failure = error
      },
    })
  }

  #take(batch: RecordBatch): void {
    this.batches++
    this.next = batch.nextOffset
    for (let index = 0; index < batch.count; index++) this.values.push(String(batch.value(index)))
  }
}

function records(...values: readonly (string | Buffer)[]) {
  return values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 1_743_069_370_841, headers: [] }))
}

describe.skipIf(skipped !== undefined)(`kafkajs transport${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
  let transport: Transport

  beforeAll(async () => {
    transport = createKafkajsTransport({ brokers }, services)
    await transport.connect()
  })
  afterAll(() => transport?.close())

  async function topicOf(partitions: number): Promise<string> {
    const topic = `behaviour-${randomUUID()}`
    await transport.admin.createTopics([{ topic, partitions }])
    return topic
  }

  it('splits what is too large for one record batch, in order, and acknowledges it as one', async () => {
    const topic = await topicOf(1)
    const values = Array.from({ length: 3_000 }, (_, index) => `${index}:${'x'.repeat(1_000)}`)
    for (const compression of ['none', 'gzip'] as const) {
      const producer = transport.producer({ clientId: 'test', compression })
      const acks = await producer.send([{ topic, partition: 0, records: records(...values) }])
      expect(acks).toMatchObject([{ topic, partition: 0, count: 3_000 }])
      await producer.close()
    }
    const reader = new Reader(transport, topic)
    await reader.consumer.start()
    await expect.poll(() => reader.values.length, { timeout: 20_000 }).toBe(6_000)
    await reader.consumer.stop()
    expect(reader.values).toEqual([...values, ...values])
  })

  it('fails a send that the broker refuses for good, naming topic and partition', async () => {
    const topic = await topicOf(1)
    const producer = transport.producer({ clientId: 'test' })
    const tooLarge = producer.send([{ topic, partition: 0, records: records(Buffer.alloc(3_000_000)) }])
    await expect(tooLarge).rejects.toMatchObject({ code: 'PRODUCE_FAILED', context: { topic, partition: 0 } })
    const noPartition = producer.send([{ topic, partition: 5, records: records('a') }])
    await expect(noPartition).rejects.toMatchObject({ code: 'PRODUCE_FAILED', context: { topic, partition: 5 } })
    expect(await producer.send([{ topic, partition: 0, records: records('a') }])).toMatchObject([{ baseOffset: 0 }])
    await producer.close()
  })

  it('does not start on a topic that is missing, says which, and does not create it', async () => {
    const topic = `missing-${randomUUID()}`
    const reader = new Reader(transport, topic)
    await expect(reader.consumer.start()).rejects.toMatchObject({ code: 'TOPIC_MISSING', context: { topic } })
    expect((await transport.admin.partitionCounts([topic])).size).toBe(0)
    await expect(transport.admin.offsets([{ topic, partition: 0 }], 'latest')).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
    })
  })

  it('fails when its topic is deleted, and other calls go on', async () => {
    const topic = await topicOf(1)
    const producer = transport.producer({ clientId: 'test' })
    await producer.send([{ topic, partition: 0, records: records('a') }])
    await transport.admin.offsets([{ topic, partition: 0 }], 'latest')
    const reader = new Reader(transport, topic)
    await reader.consumer.start()
    const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await admin.disconnect()
    const other = await topicOf(1)
    await producer.send([{ topic: other, partition: 0, records: records('b') }])
    expect(await transport.admin.offsets([{ topic: other, partition: 0 }], 'latest')).toMatchObject([{ offset: 1 }])
    await expect.poll(() => reader.failure, { timeout: 60_000 }).toMatchObject({ code: 'TOPIC_MISSING' })
    await producer.close()
  })

  it('tells the owner of a reader when the topic is deleted, and reads the others', async () => {
    const [topic, other] = [await topicOf(1), await topicOf(1)]
    const failures: unknown[] = []
    let read = 0
    const reader = transport.reader(
      { clientId: 'test', isolation: 'read_uncommitted' },
      {
        onBatch: async (batch) => {
          if (batch.topic === other) read += batch.count
        },
        onFailed: (error, partition) => failures.push([error.code, partition]),
      },
    )
    reader.add([topic, other].map((each) => ({ topic: each, partition: 0, offset: 0 })))
    const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await admin.disconnect()
    const producer = transport.producer({ clientId: 'test' })
    await producer.send([{ topic: other, partition: 0, records: records('a', 'b') }])
    await expect.poll(() => read, { timeout: 10_000 }).toBe(2)
    await expect.poll(() => failures, { timeout: 60_000 }).toEqual([['TOPIC_MISSING', { topic, partition: 0 }]])
    await producer.send([{ topic: other, partition: 0, records: records('c') }])
    await expect.poll(() => read, { timeout: 10_000 }).toBe(3)
    await Promise.all([producer.close(), reader.close()])
  })

  it('keeps its membership while the process does nothing else for seconds', async () => {
    const topic = await topicOf(1)
    const patient = createKafkajsTransport({ brokers, sessionTimeoutMs: 6_000 }, services)
    await patient.connect()
    const producer = patient.producer({ clientId: 'test' })
    const reader = new Reader(patient, topic)
    await reader.consumer.start()
    const until = Date.now() + 3_000
    while (Date.now() < until);
    await producer.send([{ topic, partition: 0, records: records('after') }])
    await expect.poll(() => reader.values, { timeout: 10_000 }).toEqual(['after'])
    const offset = { topic, partition: 0, offset: 1, metadata: '' }
    await reader.consumer.commit([offset], reader.generation)
    expect([reader.generations, await reader.consumer.committed([offset])]).toEqual([1, [offset]])
    await patient.close()
  })

  it('joins again when the process did nothing else for longer than a session', async () => {
    const topic = await topicOf(1)
    const patient = createKafkajsTransport({ brokers, sessionTimeoutMs: 6_000 }, services)
    await patient.connect()
    const producer = patient.producer({ clientId: 'test' })
    const reader = new Reader(patient, topic)
    await reader.consumer.start()
    const until = Date.now() + 7_500
    while (Date.now() < until);
    await expect.poll(() => reader.generations, { timeout: 20_000 }).toBe(2)
    await producer.send([{ topic, partition: 0, records: records('after') }])
    await expect.poll(() => reader.values, { timeout: 10_000 }).toEqual(['after'])
    expect(reader.failure).toBe(null)
    await patient.close()
  })

  it('reads committed transactions only, and passes markers', async () => {
    const topic = await topicOf(1)
    const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
    const producer = kafka.producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    for (const [value, isKept] of [
      ['kept', true],
      ['aborted', false],
      ['kept too', true],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ value }, { value }] })
      await (isKept ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const [all, committed] = [new Reader(transport, topic), new Reader(transport, topic, 'read_committed')]
    await Promise.all([all.consumer.start(), committed.consumer.start()])
    // Nine offsets: two records and a marker per transaction.
    await expect.poll(() => [all.next, committed.next], { timeout: 20_000 }).toEqual([9, 9])
    await Promise.all([all.consumer.stop(), committed.consumer.stop()])
    expect(all.values).toHaveLength(6)
    expect(committed.values).toEqual(['kept', 'kept', 'kept too', 'kept too'])
  })

  it('leaves other users of kafkajs in the process alone', async () => {
    const topic = await topicOf(1)
    const producer = transport.producer({ clientId: 'test', compression: 'gzip' })
    await producer.send([{ topic, partition: 0, records: records('a', 'b') }])
    await producer.close()
    const consumer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId: topic,
      maxWaitTimeInMs: 100,
    })
    const seen: string[] = []
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(`${message.offset}=${String(message.value)}`)
      },
    })
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['0=a', '1=b'])
    await consumer.disconnect()
  })

  it('says which address does not answer, and what to check', async () => {
    const lost = createKafkajsTransport({ brokers: ['127.0.0.1:1', 'localhost:2'], connectTimeoutMs: 500 }, services)
    const startedAt = Date.now()
    const failure: unknown = await lost.connect().catch((error: unknown) => error)
    expect(Date.now() - startedAt).toBeLessThan(3_000)
    expect(failure).toMatchObject({
      code: 'TRANSPORT_UNREACHABLE',
      context: { address: '127.0.0.1:1, localhost:2' },
    })
    await lost.close()
  })
})
