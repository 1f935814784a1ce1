import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bigint, cassandraTable, deadLetter, int, json, skip, text, topology, type Topology } from '../index.ts'
import { compile } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { RecordHeaders, SinkListener, SinkWriter } from '../ports/index.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { recordBatchOf } from '../testing/record-batch-of.ts'
import { createMemoryStores } from '../state/index.ts'
import { Task, type TaskHost } from './index.ts'

interface Written {
  readonly topic: string
  readonly key: string | null
  readonly value: string | null
  readonly timestamp: number
  readonly headers: RecordHeaders
}

function taskOf(of: Topology, starts: Readonly<Record<string, number>> = {}) {
  const compiled = compile(of.plan)
  const sub = compiled.subTopologies[0]!
  const written: Written[] = []
  const listeners: SinkListener[] = []
  const metrics = new MetricsRegistry()
  const host: TaskHost = {
    clock: new ManualClock(1_000),
    logger: silentLogger,
    metrics,
    lookup: () => {
      throw new StreamsError({ code: 'TABLE_MISSING', what: 'no lookup in this test', hint: 'Do without.' })
    },
    output: (topic, key, value, timestamp, headers) => {
      written.push({ topic, key: key?.toString() ?? null, value: value?.toString() ?? null, timestamp, headers })
    },
    partitionsOf: () => 1,
    sinkWriter: (_node, listener) => {
      listeners.push(listener)
      return idleWriter
    },
    openStores: () => createMemoryStores(),
    globalView: () => {
      throw new StreamsError({ code: 'TABLE_MISSING', what: 'no global table in this test', hint: 'Do without.' })
    },
    isTransactional: false,
    requestCommit: () => {},
  }
  const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: starts[topic] ?? 0 }))
  const task = new Task(sub, 0, positions, compiled.plan.onProcessError, host)
  return { task, written, listeners, metrics, offsets: () => task.completed().map((one) => one.offset) }
}

const idleWriter: SinkWriter = {
  write: () => {},
  pendingRows: 0,
  pendingBytes: 0,
  isFull: false,
  drained: () => Promise.resolve(),
  flush: () => Promise.resolve(),
  abort: () => {},
  stats: { writtenRows: 0, rejectedRows: 0, supersededRows: 0, requests: 0, retries: 0 },
}

const values = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ offset: from + index, key: 'k', value: String(from + index) }))

describe('Task', () => {
  it('completes nothing that has not gone through its cuts', async () => {
    const answers: (() => void)[] = []
    const { task, written, offsets } = taskOf(
      topology('t', (t) => {
        t.source('in', { value: json<number>() })
          .mapValuesAsync((value) => new Promise<number>((resolve) => answers.push(() => resolve(value))))
          .to('out')
      }),
    )
    task.enqueue(recordBatchOf('in', 0, values(0, 2)))
    expect(task.process(10)).toBe(2)
    expect([offsets(), written.length]).toEqual([[0], 0])
    const drained = task.drainCuts()
    task.enqueue(recordBatchOf('in', 0, [], { nextOffset: 5 }))
    expect(offsets()).toEqual([0])
    for (const answer of answers) answer()
    await drained
    expect(offsets()).toEqual([0])
    task.complete()
    expect([offsets(), written.length]).toEqual([[5], 2])
  })

  it('completes past a delivery without records, such as the markers of a transaction', () => {
    const { task, offsets } = taskOf(topology('t', (t) => t.source('in').to('out')))
    task.enqueue(recordBatchOf('in', 0, [], { nextOffset: 3 }))
    expect(offsets()).toEqual([3])
  })

  it('stays before a record that failed, whatever is delivered after it', () => {
    const { task, offsets } = taskOf(topology('t', (t) => t.source('in', { value: json() }).to('out')))
    task.enqueue(recordBatchOf('in', 0, [{ offset: 0, value: '1' }]))
    task.enqueue(recordBatchOf('in', 0, [{ offset: 1, value: 'no json' }]))
    expect(() => task.process(10)).toThrow('JSON')
    task.abandon()
    task.enqueue(recordBatchOf('in', 0, [], { nextOffset: 9 }))
    expect(offsets()).toEqual([0])
  })

  it('begins at the positions that it is given', () => {
    const { task, offsets } = taskOf(
      topology('t', (t) => t.source('in').to('out')),
      { in: 7 },
    )
    expect(offsets()).toEqual([7])
    task.enqueue(recordBatchOf('in', 0, values(5, 4)))
    expect(task.process(10)).toBe(2)
    expect(task.lagRecords).toBe(0)
  })

  it('writes the same whatever the batch boundaries are', async () => {
    const define = () =>
      topology(
        't',
        (t) => {
          const numbers = t.source('in', { value: json<number>() })
          const { small, rest } = numbers.split({ small: (n) => n % 3 === 0 }, { otherwise: 'rest' })
          const slow = small.mapValuesAsync(
            async (n) => {
              for (let turn = 0; turn < n % 4; turn++) await Promise.resolve()
              if (n % 15 === 0) throw new RangeError('no fifteen')
              return n * 10
            },
            { concurrency: 3 },
          )
          slow.flatMapValues((n) => [n, n + 1]).to('small')
          rest.filter((n) => n % 2 === 0).to('rest')
          slow.mapValuesAsync(async (n) => n - 1, { concurrency: 2 }).to('again')
        },
        { onProcessError: skip },
      )
    const run = async (sizes: readonly number[], perTurn: number): Promise<unknown> => {
      const { task, written, offsets } = taskOf(define())
      let from = 0
      const turn = async (): Promise<void> => {
        while (task.waitingRecords > 0) {
          task.process(perTurn)
          if (task.hasPendingCuts) await task.drainCuts()
          task.complete()
        }
      }
      for (const size of sizes) {
        const count = Math.min(size, 40 - from)
        if (count > 0) task.enqueue(recordBatchOf('in', 0, values(from, count)))
        from += count
        if (size % 2 === 0) await turn()
      }
      if (from < 40) task.enqueue(recordBatchOf('in', 0, values(from, 40 - from)))
      await turn()
      expect(offsets()).toEqual([40])
      const of = (topic: string) => written.filter((one) => one.topic === topic).map((one) => one.value)
      return [of('small'), of('rest'), of('again')]
    }
    const expected = await run([40], 40)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 })),
        fc.integer({ min: 1, max: 12 }),
        async (sizes, max) => {
          expect(await run(sizes, max)).toEqual(expected)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('merges by timestamp whatever the batch boundaries are, once everything has arrived', () => {
    const merged = topology('t', (t) => {
      t.source('a').merge(t.source('b')).to('out')
    })
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.array(fc.nat(20)), fc.integer({ min: 1, max: 7 }), (a, b, size) => {
        const run = (batchSize: number, perTurn: number): unknown => {
          const { task, written } = taskOf(merged)
          for (const [topic, times] of [
            ['a', a],
            ['b', b],
          ] as const) {
            const records = times.map((timestamp, offset) => ({ offset, timestamp, value: `${topic}${offset}` }))
            for (let from = 0; from < records.length; from += batchSize) {
              task.enqueue(recordBatchOf(topic, 0, records.slice(from, from + batchSize)))
            }
          }
          while (task.waitingRecords > 0) task.process(perTurn)
          return written.map((one) => one.value)
        }
        expect(run(size, size)).toEqual(run(1_000, 1_000))
      }),
    )
  })

  it('gives a dead letter of a refused row its cells as JSON and a time that retention does not delete', () => {
    const table = cassandraTable('ks.t', { columns: { name: text(), big: bigint(), n: int() }, partitionKey: ['name'] })
    const { listeners, written } = taskOf(
      topology('t', (t) => {
        t.source('in', { value: json<{ name: string; big: number; n: number }>() }).sinkCassandra(table, {
          onRejected: deadLetter('refused'),
        })
      }),
    )
    const refused = new StreamsError({ code: 'SINK_WRITE_FAILED', what: 'too large', hint: 'Shorten it.' })
    listeners[0]!.onRejected({ name: 'ann', big: 12n, n: 1 }, { topic: 'in', partition: 0, offset: 4 }, refused)
    expect(written).toMatchObject([{ topic: 'refused', value: '{"name":"ann","big":"12","n":1}', timestamp: 1_000 }])
    const reasons = new Map(written[0]!.headers.map(({ name, value }) => [name, value?.toString()]))
    expect(reasons.get('millrace.error.code')).toBe('SINK_WRITE_FAILED')
    expect(reasons.get('millrace.error.offset')).toBe('4')
  })

  it('tells about a refused row what refused it, also when the row cannot be written as JSON', () => {
    const table = cassandraTable('ks.t', { columns: { name: text(), big: bigint() }, partitionKey: ['name'] })
    const { listeners } = taskOf(
      topology('t', (t) => {
        t.source('in', { value: json<{ name: string; big: number }>() }).sinkCassandra(table)
      }),
    )
    const refused = new StreamsError({ code: 'SINK_WRITE_FAILED', what: 'too large', hint: 'Shorten it.' })
    const origin = { topic: 'in', partition: 0, offset: 4 }
    expect(() => listeners[0]!.onRejected({ name: 'ann', big: 12n }, origin, refused)).toThrow('too large')
  })
})
