import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { bytes, connectTransport, deadLetter, json, run, StreamsError, topology } from '../../src/index.ts'
import type { OutgoingRecord, RecordBatch, Transport } from '../../src/ports/index.ts'
import { createSpreadAssignor } from '../../src/testing/conformance/transport/spread-assignor.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const kafka = kafkaAddresses(inject)
const Rating = z.object({ film: z.object({ title: z.string() }), marks: z.array(z.int().max(10)) })
const good = (n: number): OutgoingRecord => outgoing(JSON.stringify({ film: { title: `film ${n}` }, marks: [n % 10] }))
const poison = '{"film":{"title":"Odd Socks"},"marks":[1,2,11]}'

describe.skipIf(kafka.skipped !== undefined)(
  `policies on a real Kafka${kafka.skipped ? ` [skipped: ${kafka.skipped}]` : ''}`,
  () => {
    it('fail by default, with topic, partition, offset and the path in the value; what is below is committed', async () => {
      const { transport, input, output } = await prepare()
      const records = [...Array.from({ length: 1_500 }, (_, n) => good(n)), outgoing(poison), good(1)]
      await produce(transport, input, 1, records)
      const name = `policies-${randomUUID()}`
      const app = await run(
        topology(name, (t) => {
          t.source(input).parse(Rating).to(output, { value: json() })
        }),
        { kafka, signals: false, logger: quietLogger() },
      )
      const error: unknown = await app.closed.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StreamsError)
      const { message, context } = error as StreamsError
      expect(context).toMatchObject({ topic: input, partition: 1, offset: 1_500 })
      for (const part of [`topic=${input}`, 'partition=1', 'offset=1500', 'marks[2]']) expect(message).toContain(part)
      expect(app.state).toBe('failed')
      const [committed] = await transport.admin.committed(name, [{ topic: input, partition: 1 }])
      const [end] = await transport.admin.offsets([{ topic: output, partition: 0 }], 'latest')
      expect(committed?.offset ?? 0).toBeLessThanOrEqual(1_500)
      expect(end?.offset).toBeGreaterThanOrEqual(committed?.offset ?? 0)
    })

    it('keep raw key, value and headers in a dead letter, and add the reason', async () => {
      const { transport, input, output } = await prepare()
      const invalid = `${input}.invalid`
      await transport.admin.createTopics([{ topic: invalid, partitions: 1 }])
      const raw = Buffer.from([0, 255, 1, 254, 0x7b])
      const bad: OutgoingRecord = {
        key: Buffer.from([200, 201]),
        value: raw,
        timestamp: 1_743_069_370_841,
        headers: [{ name: 'trace', value: Buffer.from([9, 8, 7]) }],
      }
      await produce(transport, input, 0, [good(1), bad, good(2), outgoing(poison)])
      const app = await run(
        topology(`policies-${randomUUID()}`, (t) => {
          t.source(input, { key: bytes() })
            .parse(Rating, { onInvalid: deadLetter(invalid) })
            .to(output, { value: json() })
        }),
        { kafka, signals: false, logger: quietLogger() },
      )
      await app.caughtUp()
      await app.close()
      const [first, second] = await read(transport, invalid, 2)
      expect(first).toMatchObject({ key: bad.key, value: raw, timestamp: bad.timestamp })
      expect(first?.headers[0]).toEqual(bad.headers[0])
      const reasons = Object.fromEntries((first?.headers ?? []).map(({ name, value }) => [name, String(value)]))
      expect(reasons).toMatchObject({
        'millrace.error.topic': input,
        'millrace.error.partition': '0',
        'millrace.error.offset': '1',
      })
      expect(second?.value?.toString()).toBe(poison)
      const message = second?.headers.find(({ name }) => name === 'millrace.error.message')
      expect(String(message?.value)).toContain('marks[2]')
      expect(await read(transport, output, 2)).toHaveLength(2)
    })
  },
)

async function prepare(): Promise<{ transport: Transport; input: string; output: string }> {
  const transport = await connectTransport({ kafka, logger: quietLogger() })
  onTestFinished(() => transport.close())
  const input = `policies-${randomUUID()}`
  const output = `${input}.out`
  await transport.admin.createTopics([
    { topic: input, partitions: 2 },
    { topic: output, partitions: 1 },
  ])
  return { transport, input, output }
}

function outgoing(value: string): OutgoingRecord {
  return { key: null, value: Buffer.from(value), timestamp: 1_743_069_370_000, headers: [] }
}

async function produce(
  transport: Transport,
  topic: string,
  partition: number,
  records: readonly OutgoingRecord[],
): Promise<void> {
  const producer = transport.producer({ clientId: 'policies' })
  await producer.send([{ topic, partition, records }])
  await producer.close()
}

/** The first records of partition 0, as they stand in the topic. */
async function read(transport: Transport, topic: string, count: number): Promise<readonly OutgoingRecord[]> {
  const records: OutgoingRecord[] = []
  const consumer = transport.consumer(
    {
      groupId: `read-${randomUUID()}`,
      clientId: 'policies',
      topics: [topic],
      assignor: createSpreadAssignor(),
      isolation: 'read_committed',
    },
    {
      onAssigned: ({ partitions }) => Promise.resolve(partitions.map((one) => ({ ...one, offset: 0 }))),
      onBatch: (batch: RecordBatch) => {
        for (let index = 0; index < batch.count; index++) {
          const [key, value] = [batch.key(index), batch.value(index)]
          records.push({ key, value, timestamp: batch.timestamp(index), headers: batch.headers(index) })
        }
      },
      onRevoking: () => Promise.resolve(),
      onFailed: () => {},
    },
  )
  await consumer.start()
  await expect.poll(() => records.length, { timeout: 20_000 }).toBe(count)
  await consumer.stop()
  return records
}
