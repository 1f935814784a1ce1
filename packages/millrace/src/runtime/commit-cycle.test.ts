import { describe, expect, it } from 'vitest'
import { cassandraTable, embedded, int, json, run, topology, type EmbeddedServer } from '../index.ts'
import { messageOf, StreamsError } from '../errors/index.ts'
import type { SinkWriter, TableStore, Transport } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'

const partitions = 2
const perPartition = 30
const total = partitions * perPartition

const table = cassandraTable('ks.numbers', { columns: { n: int() }, partitionKey: ['n'] })
const both = topology('both', (t) => {
  const numbers = t.source('in', { value: json<number>() })
  numbers.mapValues((n) => ({ n })).sinkCassandra(table)
  numbers.to('out')
})
const options = { logger: silentLogger, signals: false, commit: { maxRecords: 7 }, microBatch: { maxRecords: 5 } }

/** A process that dies at the nth step of its commits: before that step has its effect, or right after. */
class MortalProcess {
  readonly #dieAt: number
  readonly #isAfter: boolean
  readonly acknowledged = new Set<number>()
  readonly rows = new Set<number>()
  /** Offsets that were about to be committed although something below them was not acknowledged. */
  readonly violations: string[] = []
  readonly steps: string[] = []

  constructor(dieAt: number, isAfter: boolean) {
    this.#dieAt = dieAt
    this.#isAfter = isAfter
  }

  get isDead(): boolean {
    return this.steps.length > this.#dieAt
  }

  async step<T>(name: string, effect: () => Promise<T>): Promise<T> {
    if (this.isDead) throw dead()
    this.steps.push(name)
    if (this.isDead && !this.#isAfter) throw dead()
    const result = await effect()
    if (this.isDead) throw dead()
    return result
  }

  transport(real: Transport): Transport {
    return {
      kind: real.kind,
      admin: real.admin,
      connect: () => real.connect(),
      close: () => real.close(),
      transactionalProducer: (of) => real.transactionalProducer(of),
      reader: (of, listener) => real.reader(of, listener),
      consumer: (of, listener) => {
        const consumer = real.consumer(of, listener)
        return {
          start: () => consumer.start(),
          pause: (them) => consumer.pause(them),
          resume: (them) => consumer.resume(them),
          committed: (them) => consumer.committed(them),
          stop: () => consumer.stop(),
          commit: (offsets, generation) => {
            for (const { partition, offset } of offsets) this.#check(partition, offset)
            return this.step('commit', () => consumer.commit(offsets, generation))
          },
        }
      },
      producer: (of) => {
        const producer = real.producer(of)
        return {
          send: (batches) =>
            this.step('send', async () => {
              const acks = await producer.send(batches)
              for (const { records } of batches) {
                for (const record of records) this.acknowledged.add(Number(record.value?.toString()))
              }
              return acks
            }),
          close: () => producer.close(),
        }
      },
    }
  }

  tables(real: TableStore): TableStore {
    return {
      kind: real.kind,
      reader: (of) => real.reader(of),
      close: () => real.close(),
      sink: (of, how) => {
        const sink = real.sink(of, how)
        return {
          open: () => sink.open(),
          check: () => sink.check(),
          close: () => sink.close(),
          writer: (listener) => this.#writer(sink.writer(listener)),
        }
      },
    }
  }

  #writer(writer: SinkWriter): SinkWriter {
    const pending: number[] = []
    return {
      write: (row, timestamp, origin) => {
        pending.push((row as { readonly n: number }).n)
        writer.write(row, timestamp, origin)
      },
      flush: () =>
        this.step('flush', async () => {
          const flushed = pending.splice(0)
          await writer.flush()
          for (const n of flushed) this.rows.add(n)
        }),
      drained: () => writer.drained(),
      abort: () => writer.abort(),
      pendingRows: 0,
      pendingBytes: 0,
      isFull: false,
      stats: writer.stats,
    }
  }

  #check(partition: number, offset: number): void {
    for (let below = 0; below < offset; below++) {
      const n = partition * perPartition + below
      if (!this.rows.has(n) || !this.acknowledged.has(n)) this.violations.push(`${partition}@${offset} lacks ${n}`)
    }
  }
}

function dead(): StreamsError {
  return new StreamsError({ code: 'TRANSPORT_FAILED', what: 'the process is dead', hint: 'Start another.' })
}

async function filled(): Promise<EmbeddedServer> {
  const server = embedded()
  server.createTopic('in', { partitions })
  server.createTopic('out', { partitions: 1 })
  const transport = server.transport()
  await transport.connect()
  const producer = transport.producer({ clientId: 'test' })
  for (let partition = 0; partition < partitions; partition++) {
    const records = Array.from({ length: perPartition }, (_, index) => ({
      key: null,
      value: Buffer.from(String(partition * perPartition + index)),
      timestamp: index,
      headers: [],
    }))
    await producer.send([{ topic: 'in', partition, records }])
  }
  await transport.close()
  return server
}

async function outputs(server: EmbeddedServer): Promise<number[]> {
  const seen: number[] = []
  const reader = topology('reader', (t) => t.source('out', { value: json<number>() }).forEach((n) => seen.push(n)))
  const app = await run(reader, { embedded: server, ...options })
  await app.caughtUp()
  await app.close()
  return seen
}

describe('commit cycle', () => {
  it.each(['before', 'after'] as const)(
    'loses nothing when the process dies %s any of its steps, and never has offsets ahead of rows or outputs',
    async (when) => {
      const all = Array.from({ length: total }, (_, n) => n)
      const kinds = new Set<string>()
      for (let dieAt = 0; dieAt < 12; dieAt++) {
        const server = await filled()
        const first = new MortalProcess(dieAt, when === 'after')
        const mortal = { transport: first.transport(server.transport()), tables: first.tables(server.tables) }
        const app = await run(both, { ...options, ...mortal })
        const outcome = await Promise.race([
          app.closed.catch(messageOf),
          app.caughtUp().catch(() => app.closed.catch(messageOf)),
        ])
        if (outcome === undefined) await app.close()
        expect(first.violations).toEqual([])
        kinds.add(first.steps[dieAt] ?? 'nothing')

        const second = new MortalProcess(Infinity, false)
        const alive = { transport: second.transport(server.transport()), tables: second.tables(server.tables) }
        const again = await run(both, { ...options, ...alive })
        await again.caughtUp()
        await again.close()
        const seen = await outputs(server)
        expect([...new Set(seen)].sort((a, b) => a - b)).toEqual(all)
        expect(await server.tables.reader(table).count()).toBe(total)
      }
      expect([...kinds]).toEqual(expect.arrayContaining(['flush', 'send', 'commit']))
    },
  )

  it('repeats nothing when nothing goes wrong', async () => {
    const server = await filled()
    const app = await run(both, { ...options, embedded: server })
    await app.caughtUp()
    await app.close()
    const again = await run(both, { ...options, embedded: server })
    await again.caughtUp()
    await again.close()
    const seen = await outputs(server)
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n))
  })
})
