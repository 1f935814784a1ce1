import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startKafka, type KafkaServer } from '../../../local-services/src/index.ts'
import { createKafkajsTransport } from '../../src/adapters/kafkajs/index.ts'
import type { ConsumerListener, ProduceAck, Transport, TransportConsumer } from '../../src/ports/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { createSpreadAssignor } from '../../src/testing/conformance/transport/spread-assignor.ts'
import { kafkaAddresses, quietLogger, type LogLine } from './kafkajs-servers.ts'

const { skipped } = kafkaAddresses(inject)
const partitions = 2

/** A consumer that notes every value and commits what it has read; and a producer that numbers its values. */
class Traffic implements ConsumerListener {
  readonly seen = new Map<string, number>()
  readonly lost: string[] = []
  readonly acks: ProduceAck[] = []
  readonly assignments: number[] = []
  failure: Error | null = null
  produced = 0
  readonly topic = `faults-${randomUUID()}`
  readonly #transport: Transport
  readonly #next = new Map<number, number>()
  readonly #consumer: TransportConsumer
  #generation = 0
  #isProducing = true
  #producing: Promise<void> = Promise.resolve()
  #committing: Promise<void> = Promise.resolve()
  #isConsuming = true

  constructor(transport: Transport) {
    this.#transport = transport
    this.#consumer = transport.consumer(
      {
        groupId: `group-${randomUUID()}`,
        clientId: 'faults',
        topics: [this.topic],
        assignor: createSpreadAssignor(),
        isolation: 'read_uncommitted',
      },
      this,
    )
  }

  async start(): Promise<void> {
    await this.#transport.admin.createTopics([{ topic: this.topic, partitions }])
    await this.#consumer.start()
    this.#producing = this.#produce()
    this.#committing = this.#commit()
  }

  async #produce(): Promise<void> {
    const producer = this.#transport.producer({ clientId: 'faults' })
    while (this.#isProducing) {
      const partition = this.produced % partitions
      const records = Array.from({ length: 10 }, (_, index) => ({
        key: null,
        value: Buffer.from(`${this.produced + index}`),
        timestamp: Date.now(),
        headers: [],
      }))
      this.acks.push(...(await producer.send([{ topic: this.topic, partition, records }])))
      this.produced += 10
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await producer.close()
  }

  async #commit(): Promise<void> {
    while (this.#isConsuming) {
      const offsets = [...this.#next].map(([partition, offset]) => ({
        topic: this.topic,
        partition,
        offset,
        metadata: '',
      }))
      // A refused commit is made good by the next one, or by reading again.
      await this.#consumer.commit(offsets, this.#generation).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async onAssigned(assignment: Parameters<ConsumerListener['onAssigned']>[0]) {
    this.assignments.push(assignment.generation)
    this.#generation = assignment.generation
    const committed = await this.#consumer.committed(assignment.partitions)
    return assignment.partitions.map((each) => ({
      ...each,
      offset: committed.find(({ partition }) => partition === each.partition)?.offset ?? 0,
    }))
  }

  onBatch(batch: Parameters<ConsumerListener['onBatch']>[0]): void {
    for (let index = 0; index < batch.count; index++) {
      const value = String(batch.value(index))
      this.seen.set(value, (this.seen.get(value) ?? 0) + 1)
    }
    this.#next.set(batch.partition, batch.nextOffset)
  }

  async onRevoking(): Promise<void> {}

  onFailed(error: Error): void {
    this.failure = error
  }

  async finish(): Promise<void> {
    this.#isProducing = false
    await this.#producing
    const deadline = Date.now() + 60_000
    while (this.seen.size < this.produced && this.failure === null && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    this.#isConsuming = false
    await this.#committing
    await this.#consumer.stop()
  }
}

describe.skipIf(skipped !== undefined)(`kafkajs and broker faults${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
  let server: KafkaServer
  const lines: LogLine[] = []

  beforeAll(async () => {
    server = await startKafka({ ephemeral: true, providers: ['jvm', 'docker'] })
  })
  afterAll(() => server?.dispose())

  async function withTraffic(fault: (traffic: Traffic) => Promise<void>): Promise<Traffic> {
    lines.length = 0
    const transport = createKafkajsTransport(
      { brokers: server.brokers, sessionTimeoutMs: 6_000 },
      { clock: systemClock, logger: quietLogger(lines) },
    )
    await transport.connect()
    try {
      const traffic = new Traffic(transport)
      await traffic.start()
      await until(() => traffic.seen.size > 200)
      await fault(traffic)
      const before = traffic.seen.size
      await until(() => traffic.seen.size > before + 200)
      await traffic.finish()
      expect(traffic.failure).toBeNull()
      expect(traffic.seen.size).toBe(traffic.produced)
      return traffic
    } finally {
      await transport.close()
    }
  }

  it('loses nothing and goes on by itself when the broker is killed and comes back', async () => {
    const traffic = await withTraffic(async () => {
      for (let round = 0; round < 3; round++) {
        await server.kill()
        await server.restart()
      }
    })
    // The producer is idempotent: what it sent again after a lost acknowledgement stands in the log once.
    const ends = await lastOffsets(traffic)
    expect(ends).toBe(traffic.produced)
  })

  it('joins again when the broker was away for longer than a session', async () => {
    const traffic = await withTraffic(async () => {
      await server.kill()
      await new Promise((resolve) => setTimeout(resolve, 9_000))
      await server.restart()
    })
    expect(traffic.assignments.length).toBeGreaterThanOrEqual(1)
  })

  it('waits for a broker that hangs for some seconds', async () => {
    const traffic = await withTraffic(async () => {
      await server.pause()
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      await server.resume()
    })
    expect(traffic.failure).toBeNull()
  })

  it('arms no timer with a negative delay and warns of nothing', async () => {
    const warnings: string[] = []
    const note = (warning: Error): void => {
      warnings.push(warning.name)
    }
    process.on('warning', note)
    const delays: number[] = []
    const original = globalThis.setTimeout
    globalThis.setTimeout = ((callback: () => void, delayMs?: number) => {
      delays.push(delayMs ?? 0)
      return original(callback, delayMs)
    }) as typeof setTimeout
    try {
      await withTraffic(async () => {})
    } finally {
      globalThis.setTimeout = original
      process.off('warning', note)
    }
    expect(delays.filter((delayMs) => delayMs < 0)).toEqual([])
    expect(warnings).toEqual([])
    expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
  })

  async function lastOffsets({ topic }: Traffic): Promise<number> {
    const transport = createKafkajsTransport({ brokers: server.brokers }, { clock: systemClock, logger: quietLogger() })
    await transport.connect()
    const asked = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
    const ends = await transport.admin.offsets(asked, 'latest')
    await transport.close()
    return ends.reduce((sum, { offset }) => sum + offset, 0)
  }
})

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!condition()) {
    if (Date.now() > deadline) expect.fail('waited 60 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
