import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startKafka, type KafkaServer } from '../../../local-services/src/index.ts'
import { createKafkajsTransport } from '../../src/adapters/kafkajs/index.ts'
import type {
  ReaderListener,
  RecordBatch,
  TransactionalProducer,
  Transport,
  TransportReader,
} from '../../src/ports/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const { skipped } = kafkaAddresses(inject)
const partitions = [0, 1]

/** Notes what a reader sees of a topic. */
class Witness implements ReaderListener {
  readonly seen = new Map(partitions.map((partition) => [partition, [] as number[]]))
  readonly next = new Map<number, number>()
  readonly failures: Error[] = []
  readonly reader: TransportReader

  constructor(transport: Transport, topic: string) {
    this.reader = transport.reader({ clientId: 'witness', isolation: 'read_committed' }, this)
    this.reader.add(partitions.map((partition) => ({ topic, partition, offset: 0 })))
  }

  async onBatch(batch: RecordBatch): Promise<void> {
    for (let index = 0; index < batch.count; index++) {
      this.seen.get(batch.partition)!.push(Number(String(batch.value(index))))
    }
    this.next.set(batch.partition, batch.nextOffset)
  }

  onFailed(error: Error): void {
    this.failures.push(error)
  }
}

/**
 * Counts up: each transaction writes the next number to every partition, and commits the one after it as the offset of
 * a group. After a failure it goes on from what is committed.
 */
class Counter {
  readonly topic = `faults-${randomUUID()}`
  readonly groupId = `group-${randomUUID()}`
  readonly codes: unknown[] = []
  next = 0
  readonly #transport: Transport
  readonly #timeoutMs: number
  #producer: TransactionalProducer | null = null
  #isRunning = true
  #running: Promise<void> = Promise.resolve()

  constructor(transport: Transport, timeoutMs: number) {
    this.#transport = transport
    this.#timeoutMs = timeoutMs
  }

  async start(): Promise<void> {
    await this.#transport.admin.createTopics([{ topic: this.topic, partitions: partitions.length }])
    this.#running = this.#run()
  }

  async finish(): Promise<void> {
    this.#isRunning = false
    await this.#running
    await this.#producer?.close()
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      try {
        await this.#count()
      } catch (thrown) {
        this.codes.push((thrown as { code?: unknown }).code ?? thrown)
        await this.#recover()
      }
    }
  }

  async #count(): Promise<void> {
    if (!this.#producer) {
      const options = { clientId: 'counter', transactionalId: this.topic, timeoutMs: this.#timeoutMs }
      this.#producer = this.#transport.transactionalProducer(options)
      await this.#producer.init()
      this.next = await this.#committed()
    }
    const records = [{ key: null, value: Buffer.from(`${this.next}`), timestamp: Date.now(), headers: [] }]
    await this.#producer.send(partitions.map((partition) => ({ topic: this.topic, partition, records })))
    const offset = { topic: this.topic, partition: 0, offset: this.next + 1, metadata: '' }
    await this.#producer.sendOffsets(this.groupId, [offset])
    await this.#producer.commit()
    this.next++
  }

  async #recover(): Promise<void> {
    try {
      await this.#producer?.abort()
    } catch {
      await this.#producer?.close()
      this.#producer = null
    }
  }

  async #committed(): Promise<number> {
    const [found] = await this.#transport.admin.committed(this.groupId, [{ topic: this.topic, partition: 0 }])
    return found?.offset ?? 0
  }
}

interface Outcome {
  readonly seen: readonly (readonly number[])[]
  readonly counted: readonly (readonly number[])[]
  readonly codes: readonly unknown[]
}

describe.skipIf(skipped !== undefined)(
  `kafkajs transactions and broker faults${skipped ? ` (skipped: ${skipped})` : ''}`,
  () => {
    let server: KafkaServer

    beforeAll(async () => {
      server = await startKafka({ ephemeral: true, providers: ['jvm', 'docker'] })
    })
    afterAll(() => server?.dispose())

    /** Counts while the fault happens. `seen`: what was seen of each partition, `counted`: what should have been. */
    async function countThrough(fault: () => Promise<void>, timeoutMs = 60_000): Promise<Outcome> {
      const transport = createKafkajsTransport(
        { brokers: server.brokers, requestTimeoutMs: 3_000 },
        { clock: systemClock, logger: quietLogger() },
      )
      await transport.connect()
      try {
        const counter = new Counter(transport, timeoutMs)
        await counter.start()
        const witness = new Witness(transport, counter.topic)
        await until(() => counter.next > 20)
        await fault()
        const before = counter.next
        await until(() => counter.next > before + 20)
        await counter.finish()
        const all = partitions.map((partition) => ({ topic: counter.topic, partition }))
        const ends = await transport.admin.offsets(all, 'latest')
        await until(() => ends.every(({ partition, offset }) => witness.next.get(partition) === offset))
        expect(witness.failures).toEqual([])
        const counted = Array.from({ length: counter.next }, (_, index) => index)
        return { seen: [...witness.seen.values()], counted: partitions.map(() => counted), codes: counter.codes }
      } finally {
        await transport.close()
      }
    }

    it('counts every number once while the broker is killed and comes back', async () => {
      const { seen, counted } = await countThrough(async () => {
        for (let round = 0; round < 3; round++) {
          await server.kill()
          await server.restart()
        }
      })
      expect(seen).toEqual(counted)
    })

    it('counts every number once while the broker hangs for longer than a request may take', async () => {
      for (let round = 0; round < 2; round++) {
        const { seen, counted } = await countThrough(async () => {
          await server.pause()
          await sleep(8_000)
          await server.resume()
        })
        expect(seen).toEqual(counted)
      }
    })

    it('goes on from what is committed when the broker has aborted its transaction as timed out', async () => {
      const { seen, counted, codes } = await countThrough(async () => {
        await server.kill()
        await sleep(3_000)
        await server.restart()
      }, 1_000)
      expect(seen).toEqual(counted)
      expect(codes.filter((code) => code !== 'PRODUCER_FENCED' && code !== 'TRANSACTION_FAILED')).toEqual([])
    })
  },
)

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!condition()) {
    if (Date.now() > deadline) expect.fail('waited 60 s in vain')
    await sleep(10)
  }
}
