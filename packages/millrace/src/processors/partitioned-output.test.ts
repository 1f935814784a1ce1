import { describe, expect, it } from 'vitest'
import {
  embedded,
  json,
  type KStream,
  partitionOf,
  run,
  skip,
  string,
  topology,
  tumbling,
  windowed as windowedKey,
  type EmbeddedServer,
  type Policy,
} from '../index.ts'
import { silentLogger, testDriver } from '../testing/index.ts'

const partitions = 4

interface Result {
  /** Records per partition of the topic `out`. */
  readonly counts: readonly number[]
  readonly dropped: number
  readonly skipped: number
  readonly server: EmbeddedServer
}

async function countsOf(server: EmbeddedServer, topic: string): Promise<readonly number[]> {
  const transport = server.transport()
  await transport.connect()
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  const ends = await transport.admin.offsets(all, 'latest')
  await transport.close()
  return ends.map((end) => end.offset)
}

/** Runs the records through the operations on a broker whose topics have four partitions. */
async function written(
  define: (stream: KStream<string | null, number>) => void,
  records: readonly (readonly [key: string | null, value: number])[],
  options: { readonly onProcessError?: Policy } = {},
): Promise<Result> {
  const server = embedded()
  for (const topic of ['in', 'out', 'other']) server.createTopic(topic, { partitions })
  const transport = server.transport()
  await transport.connect()
  const producer = transport.producer({ clientId: 'test' })
  const out = records.map(([key, value]) => ({
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(JSON.stringify(value)),
    timestamp: 0,
    headers: [],
  }))
  await producer.send([{ topic: 'in', partition: 1, records: out }])
  const defined = topology('t', (t) => define(t.source('in', { value: json<number>() })), options)
  const app = await run(defined, { embedded: server, logger: silentLogger })
  try {
    await Promise.race([app.caughtUp(), app.closed])
    const [dropped, skipped] = [app.metrics().total('records-dropped'), app.metrics().total('records-skipped')]
    return { counts: await countsOf(server, 'out'), dropped, skipped, server }
  } finally {
    await app.close().catch(() => {})
  }
}

describe('the partitioner of to()', () => {
  it('chooses the partition of a record by key, value, topic and count', async () => {
    const seen: unknown[] = []
    const { counts } = await written(
      (stream) =>
        stream.to('out', {
          partition: (...args) => {
            seen.push(args)
            return args[1] % args[3]
          },
        }),
      [
        ['a', 3],
        [null, 3],
        ['b', 5],
      ],
    )
    expect(counts).toEqual([0, 1, 0, 2])
    expect(seen).toEqual([
      ['a', 3, 'out', 4],
      [null, 3, 'out', 4],
      ['b', 5, 'out', 4],
    ])
  })

  it('leaves a record to the hash of its key when it answers undefined', async () => {
    const { counts } = await written(
      (stream) => stream.to('out', { partition: () => undefined }),
      [
        ['a', 1],
        ['a', 2],
      ],
    )
    const expected = [0, 0, 0, 0]
    expected[partitionOf(Buffer.from('a'), partitions)] = 2
    expect(counts).toEqual(expected)
  })

  it('sends a record to every partition of a list once, and drops and counts it when the list is empty', async () => {
    const { counts, dropped } = await written(
      (stream) => stream.to('out', { partition: (_key, value) => (value === 0 ? [] : [0, 2, 2]) }),
      [
        ['a', 0],
        ['b', 1],
      ],
    )
    expect([counts, dropped]).toEqual([[1, 0, 1, 0], 1])
  })

  it('is asked with the topic that a function chose', async () => {
    const { server } = await written(
      (stream) =>
        stream.to((value) => (value > 1 ? 'other' : 'out'), {
          topics: ['out', 'other'],
          partition: (_key, _value, topic) => (topic === 'other' ? 3 : 0),
        }),
      [
        ['a', 1],
        ['a', 2],
      ],
    )
    expect(await countsOf(server, 'other')).toEqual([0, 0, 0, 1])
  })

  it.each([4, -1, 0.5, Number.NaN])('stops the app at partition %d of 4, naming topic and count', async (partition) => {
    await expect(written((stream) => stream.to('out', { partition: () => partition }), [['a', 1]])).rejects.toThrow(
      new RegExp(
        `chose partition ${partition} of topic 'out', which has 4 .*node=in/to\\(out\\).*callSite=.*Return 0 to 3`,
      ),
    )
  })

  it('applies the policy of the topology to an answer that is no partition', async () => {
    const answers = ['text', null, ['0'], true] as unknown as readonly number[]
    const { counts, skipped } = await written(
      (stream) => stream.to('out', { partition: (_key, value) => answers[value]! }),
      [0, 1, 2, 3].map((value) => ['a', value] as const),
      { onProcessError: skip },
    )
    expect([counts, skipped]).toEqual([[0, 0, 0, 0], 4])
  })
})

describe('the partitioner of repartition()', () => {
  it('chooses the partition of the internal topic', async () => {
    const { server } = await written(
      (stream) => stream.repartition({ name: 'r', partitions: 4, partition: (_key, value) => [value, 3] }).to('out'),
      [['a', 1]],
    )
    expect(await countsOf(server, 't-r-repartition')).toEqual([0, 1, 0, 1])
  })

  it('is told of one partition by the test driver', () => {
    const counts: number[] = []
    const driver = testDriver(
      topology('t', (t) =>
        t
          .source('in', { value: json<number>() })
          .repartition({ partition: (_key, _value, _topic, count) => counts.push(count) - 1 })
          .to('out'),
      ),
    )
    driver.input('in').send('a', 1)
    expect([counts, driver.output('out').records()]).toMatchObject([[1], [{ key: 'a', value: 1 }]])
  })
})

describe('windowed keys', () => {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

  it('go to the partition of the key inside, whatever the window', async () => {
    const records = keys.flatMap((key) => [1, 2, 3].map((value) => [key, value] as const))
    const expected = [0, 0, 0, 0]
    for (const key of keys) expected[partitionOf(Buffer.from(key), partitions)]! += 3
    const key = windowedKey(string(), { size: 10 })
    const windowed = (stream: KStream<string | null, number>) =>
      stream
        .groupByKey()
        .windowedBy(tumbling(10, { grace: 100 }))
        .count()
        .toStream()
    const direct = await written((stream) => windowed(stream).to('out', { key }), records)
    const again = await written(
      (stream) => windowed(stream).repartition({ name: 'r' }).mapValues(String).to('out', { key }),
      records,
    )
    expect(direct.counts).toEqual(expected)
    expect(await countsOf(again.server, 't-r-repartition')).toEqual(expected)
    expect(again.counts).toEqual(expected)
  })
})
