import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  cassandraTable,
  deadLetter,
  int,
  json,
  lookupTable,
  skip,
  string,
  text,
  topology,
  type KStream,
  type Topology,
  type TopologyBuilder,
} from '../index.ts'
import type { StreamsError } from '../errors/index.ts'

const films = lookupTable('films', [['a', { title: 'A' }]])
const table = cassandraTable('ks.ratings', { columns: { name: text(), n: int() }, partitionKey: ['name'] })
const Rating = z.object({ name: z.string(), n: z.number() })

const ids = (of: Topology): string[] => of.plan.nodes.map((node) => node.id)

function faultOf(define: (t: TopologyBuilder) => void): StreamsError {
  try {
    topology('t', define)
  } catch (thrown) {
    return thrown as StreamsError
  }
  throw new TypeError('nothing was thrown')
}

const here = /topology\.test\.ts:\d+:\d+$/

describe('names of operations', () => {
  const ratings = (t: TopologyBuilder) => t.source('test').parse(Rating)
  const sink = (stream: KStream<string | null, { name: string; n: number }>) =>
    stream
      .filter((rating) => rating.n > 1)
      .joinTable(films, { type: 'left', on: (rating) => rating.name })
      .sinkCassandra(table)

  it('are paths, or what the user gives', () => {
    const named = topology('t', (t) => {
      const stream = ratings(t).filter(() => true, { name: 'good-ones' })
      stream.mapValues((rating) => rating.n).to('out')
      stream.to('out', { name: 'copy' })
    })
    expect(ids(named)).toEqual([
      'test',
      'test/parse',
      'good-ones',
      'good-ones/mapValues',
      'good-ones/mapValues/to(out)',
      'copy',
    ])
  })

  it('stay when an unrelated part of the topology changes', async () => {
    const before = topology('t', (t) => sink(ratings(t)))
    const after = topology('t', (t) => {
      t.source('other')
        .filter(() => true)
        .mapValues(() => 1)
        .to('elsewhere')
      const stream = ratings(t)
      stream.peek(() => {}).forEach(() => {})
      sink(stream)
      stream.filterNot(() => false).to('elsewhere')
    })
    expect(ids(after)).toEqual(expect.arrayContaining(ids(before)))
    await expect(`${ids(before).join('\n')}\n`).toMatchFileSnapshot('golden/names.txt')
  })

  it('tell siblings of one kind apart by their order under their parent', () => {
    const siblings = topology('t', (t) => {
      const stream = t.source('in')
      stream.filter(() => true).to('a')
      stream.filter(() => true).to('a')
    })
    expect(ids(siblings)).toEqual(['in', 'in/filter', 'in/filter/to(a)', 'in/filter-2', 'in/filter-2/to(a)'])
  })
})

describe('wrong definitions', () => {
  it('are refused where they are written', () => {
    const fault = faultOf((t) => {
      t.source('in').to('not a topic')
    })
    expect(fault).toMatchObject({ code: 'NAME_INVALID', what: "Topic 'not a topic' is not a legal name" })
    expect(fault.context.callSite).toMatch(here)
  })

  it.each<[string, string, (t: TopologyBuilder) => void]>([
    ['two operations of one name', 'NAME_TAKEN', (t) => t.source('in', { name: 'x' }).peek(() => {}, { name: 'x' })],
    ['a name that Kafka would not take', 'NAME_INVALID', (t) => t.source('in').peek(() => {}, { name: 'a/b' })],
    ['a source without a topic', 'TOPOLOGY_INVALID', (t) => t.source([])],
    ['a source of one topic twice', 'TOPOLOGY_INVALID', (t) => t.source(['a', 'a'])],
    [
      'two sources of one topic',
      'TOPIC_CONFLICT',
      (t) =>
        t
          .source('a')
          .merge(t.source(['b', 'a']))
          .to('out'),
    ],
    ['nothing that is read', 'TOPOLOGY_INVALID', () => {}],
    ['a branch like the other one', 'NAME_TAKEN', (t) => t.source('a').split({ x: () => true }, { otherwise: 'x' })],
    ['a branch that is a number', 'NAME_INVALID', (t) => t.source('a').split({ 1: () => true })],
    ['a concurrency of nothing', 'OPTION_INVALID', (t) => t.source('a').parse(Rating, { concurrency: 0 })],
    [
      'half a call at a time',
      'OPTION_INVALID',
      (t) => t.source('a').mapValuesAsync(async () => 1, { concurrency: 0.5 }),
    ],
    [
      'a sink that never writes',
      'OPTION_INVALID',
      (t) => t.source('a').parse(Rating).sinkCassandra(table, { every: 0 }),
    ],
    ['dead letters without a topic', 'NAME_INVALID', (t) => t.source('a', { onInvalid: deadLetter('') })],
    ['dead letters that come back', 'TOPIC_CONFLICT', (t) => t.source('a', { onInvalid: deadLetter('a') }).to('b')],
    [
      'a stream of another topology',
      'TOPOLOGY_INVALID',
      (t) => {
        const others: KStream<string | null, Buffer>[] = []
        topology('other', (other) => others.push(other.source('in')))
        t.source('in').merge(others[0]!).to('out')
      },
    ],
    [
      'an operation that is added later',
      'TOPOLOGY_INVALID',
      () => {
        const kept: TopologyBuilder[] = []
        topology('other', (other) => {
          kept.push(other)
          other.source('in').to('out')
        })
        kept[0]!.source('late')
      },
    ],
    [
      'a definition that waits',
      'TOPOLOGY_INVALID',
      async (t) => {
        t.source('in').to('out')
      },
    ],
  ])('refuse %s', (_what, code, define) => {
    const fault = faultOf(define)
    expect(fault.code).toBe(code)
    expect(fault.message).not.toContain('\n')
  })

  it('names the call sites of both sources of one topic', () => {
    const fault = faultOf((t) => {
      t.source('a').to('x')
      t.source('a').to('y')
    })
    expect(fault.what).toMatch(/the other one at .*topology\.test\.ts:\d+:\d+\)/)
    expect(fault.context.callSite).toMatch(here)
  })

  it('refuse dead letters of user code that come back, and take those that another part reads', () => {
    expect(() => topology('t', (t) => t.source('a').to('b'), { onProcessError: deadLetter('a') })).toThrow(
      expect.objectContaining({ code: 'TOPIC_CONFLICT' }),
    )
    const retrying = topology('t', (t) => {
      t.source('a', { onInvalid: deadLetter('dead') }).to('b')
      t.source('dead').to('seen')
    })
    expect(retrying.plan.nodes).toHaveLength(4)
  })
})

describe('a topology', () => {
  const everything = topology(
    'everything',
    (t) => {
      const ratings = t
        .source(['test', 'test-2'], { onInvalid: skip, startAt: 'latest' })
        .parse(Rating, { onInvalid: deadLetter('test.invalid'), at: () => 0 })
      const { loud, rest } = ratings
        .filter((rating) => rating.n > 0)
        .filterNot((rating) => rating.n > 10)
        .split({ loud: (rating) => rating.n > 5 }, { otherwise: 'rest' })
      loud
        .map(({ key, value }) => ({ key, value }))
        .selectKey((value) => value.name)
        .windowByHour({ zone: 'Europe/Athens', as: 'hour', offset: true })
        .joinTable(films, { type: 'inner', on: (rating) => rating.name })
        .sinkCassandra(table, { every: 30_000, onRejected: deadLetter('refused') })
      rest
        .mapValuesAsync(async (rating) => rating.n, { concurrency: 4 })
        .merge(loud.flatMapValues((rating) => [rating.n]).flatMap((record) => [record]))
        .mapValues((n) => n + 1)
        .to('numbers', { value: json() })
      t.source('log', { value: string() })
        .peek(() => {})
        .print()
    },
    { onProcessError: deadLetter('failed') },
  )

  it('describes itself as text', async () => {
    await expect(everything.describe()).toMatchFileSnapshot('golden/everything.txt')
  })

  it('describes itself as a Mermaid flowchart', async () => {
    await expect(everything.describe('mermaid')).toMatchFileSnapshot('golden/everything.mmd')
  })

  it('is frozen through and through', () => {
    expect(Object.isFrozen(everything)).toBe(true)
    expect(Object.isFrozen(everything.plan)).toBe(true)
    for (const node of everything.plan.nodes) {
      expect([node.id, Object.isFrozen(node), Object.isFrozen(node.parents)]).toEqual([node.id, true, true])
    }
  })

  it('keeps for every operation where the user wrote it', () => {
    for (const node of everything.plan.nodes)
      expect([node.id, node.callSite]).toEqual([node.id, expect.stringMatching(here)])
  })

  it('is not changed by what is done to its options afterwards', () => {
    const topics = ['a', 'b']
    const stays = topology('t', (t) => t.source(topics).to('out'))
    topics.push('c')
    expect(stays.plan.nodes[0]).toMatchObject({ topics: ['a', 'b'] })
  })

  it('tells repartitions of one stream, and one behind the other, apart', () => {
    const { plan } = topology('t', (t) => {
      const source = t.source('in', { value: string() })
      source.repartition().repartition().to('out')
      source.repartition().to('out-2')
    })
    const names = plan.nodes.flatMap((node) => (node.kind === 'repartition' ? [node.name] : []))
    expect(names).toEqual(['in-repartition', 'in-repartition-2', 'in-repartition-3'])
  })
})
