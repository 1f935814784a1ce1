import {
  hopping,
  run,
  session,
  string,
  topology,
  tumbling,
  untilTimeLimit,
  type App,
  type RunOptions,
  type Topology,
  type TopologyBuilder,
} from 'millrace'
import { silentLogger } from 'millrace/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { recordBatchOf } from '../../src/testing/record-batch-of.ts'
import { ScriptedTransport } from '../../src/testing/scripted-transport.ts'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void): Topology => topology('app', define)
const pair = (left: unknown, right: unknown): string => `${text(left)}+${text(right)}`

const apps: App[] = []
afterEach(async () => {
  for (const one of apps.splice(0)) await one.close().catch(() => {})
})

/** Lets everything run that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => void setImmediate(resolve))
}

async function running(
  of: Topology,
  transport: ScriptedTransport,
  topics: readonly string[],
  options: RunOptions = {},
) {
  const clock = new ManualClock()
  const starting = run(of, { transport, clock, logger: silentLogger, signals: false, ...options })
  await settled()
  await transport.assign(
    1,
    topics.map((topic) => ({ topic, partition: 0 })),
  )
  apps.push(await starting)
  await settled()
  return { clock }
}

describe('twelve things reimplementations usually get wrong', () => {
  it('1. every operation has a stream time of its own, moved only by the records that it sees, whatever their key', () => {
    const two = app((t) => {
      const input = t.source('in', texts)
      const count = (stream: typeof input, out: string): void =>
        windowedText(stream.groupByKey().windowedBy(tumbling(10)).count()).to(out, texts)
      count(input, 'all')
      count(
        input.filter((value) => value.startsWith('a')),
        'only-a',
      )
    })
    expect(two).toBring(`
> in | k | a | 5
  < all | k@0/10 | 1 | 5
  < only-a | k@0/10 | 1 | 5
> in | other | b | 25
  < all | other@20/30 | 1 | 25
> in | k | a | 6
  < only-a | k@0/10 | 2 | 6
= metric dropped-records-total: 1`)
  })

  it('2. a record is late when its window has ended, not by its own time: late for one window, on time for the next', () => {
    const windows = app((t) => {
      const grouped = t.source('in', texts).groupByKey()
      windowedText(grouped.windowedBy(hopping(10, { advance: 5, grace: 2 })).count()).to('out', texts)
    })
    expect(windows).toBring(`
> in | k | a | 17
  < out | k@10/20 | 1 | 17
  < out | k@15/25 | 1 | 17
> in | k | b | 14
  < out | k@10/20 | 2 | 17
= metric dropped-records-total: 1`)
  })

  it('3. what did not match in a left join comes after the close, with the next record, before its result, with the old time', () => {
    const joined = app((t) => {
      t.source('left', texts)
        .joinStream(t.source('right', texts), { type: 'left', within: 10, grace: 5, select: pair })
        .to('out', texts)
    })
    expect(joined).toBring(`
> left | a | A | 0
> left | b | B | 15
> right | b | b | 15
  < out | b | B+b | 15
> left | b | C | 16
  < out | a | A+null | 0
  < out | b | C+b | 16
! advance wall-clock by 100000 ms`)
  })

  it('4. a stream–table result has the time of the stream record, every other join the later of the two', () => {
    const joined = app((t) => {
      const left = t.source('left', texts)
      const table = t.table('table', { ...texts, store: 'table' })
      const other = t.table('other', { ...texts, store: 'other' })
      left.joinTable(table, { type: 'inner', select: pair }).to('stream-table', texts)
      left.joinStream(t.source('right', texts), { type: 'inner', within: 100, select: pair }).to('stream-stream', texts)
      table.joinTable(other, { type: 'inner', select: pair }).toStream().to('table-table', texts)
    })
    expect(joined).toBring(`
> table | k | t | 50
> left | k | l | 10
  < stream-table | k | l+t | 10
> right | k | r | 5
  < stream-stream | k | l+r | 10
> other | k | o | 20
  < table-table | k | t+o | 50`)
  })

  it('5. a null value is no message for stream joins and aggregations, a deletion for tables, and a value for time windows', () => {
    const nulls = app((t) => {
      const input = t.source('in', texts)
      const table = t.table('table', { ...texts, store: 'table' })
      input.groupByKey().count().toStream().mapValues(text).to('count', texts)
      input.joinTable(table, { type: 'left', select: pair }).to('joined', texts)
      windowedText(input.groupByKey().windowedBy(tumbling(10)).count()).to('windows', texts)
      table.toStream().to('table-out', texts)
    })
    expect(nulls).toBring(`
> table | k | t | 0
  < table-out | k | t | 0
> table | k | null | 1
  < table-out | k | null | 1
= kv-store table: []
> in | k | null | 2
  < windows | k@0/10 | 1 | 2
= metric dropped-records-total: 2`)
  })

  it('6. a table aggregate subtracts the old value before it adds the new one, also when the group stays the same', () => {
    const summed = app((t) => {
      t.table('in', { ...texts, store: 'in' })
        .groupBy(({ value }) => ({ key: 'all', value }), texts)
        .aggregate({
          init: () => '',
          add: (sum, value) => `${sum}+${value}`,
          subtract: (sum, value) => `${sum}-${value}`,
          value: string(),
        })
        .toStream()
        .to('out', texts)
    })
    expect(summed).toBring(`
> in | k | 1 | 1
  < out | all | +1 | 1
> in | k | 2 | 2
  < out | all | +1-1+2 | 2
> in | k | 2 | 3
  < out | all | +1-1+2-2+2 | 3`)
  })

  it('7. a row that changes its group makes two records: out of the old group, then into the new one', () => {
    const counted = app((t) => {
      t.table('in', { ...texts, store: 'in' })
        .groupBy(({ value }) => ({ key: value, value }), { ...texts, name: 'groups' })
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    expect(counted).toBring(`
> in | k | red | 1
  < out | red | 1 | 1
> in | k | blue | 2
  < out | red | 0 | 2
  < out | blue | 1 | 2`)
  })

  it('8. sessions that merge are deleted one by one before the merged one comes, at the time of their ends', () => {
    const sessions = app((t) => {
      const grouped = t.source('in', texts).groupByKey()
      windowedText(grouped.windowedBy(session(10, { grace: 100 })).count()).to('out', texts)
    })
    expect(sessions).toBring(`
> in | k | a | 0
  < out | k@0/0 | 1 | 0
> in | k | b | 18
  < out | k@18/18 | 1 | 18
> in | k | c | 9
  < out | k@0/0 | null | 0
  < out | k@18/18 | null | 18
  < out | k@0/18 | 3 | 18`)
  })

  it('9. suppress does not begin to wait anew at an update, and gives nothing without new input', () => {
    const held = app((t) => {
      t.table('in', { ...texts, store: 'in' })
        .suppress(untilTimeLimit(10))
        .toStream()
        .to('out', texts)
    })
    expect(held).toBring(`
> in | k | 1 | 0
> in | k | 2 | 9
! advance wall-clock by 100000 ms
> in | other | x | 10
  < out | k | 2 | 9`)
  })

  it('10. a deletion goes on only where something can have been seen, by rules that differ per join and filter', () => {
    const joins = app((t) => {
      const [left, right] = ['left', 'right'].map((topic) => t.table(topic, { ...texts, store: topic }))
      for (const type of ['inner', 'left', 'outer'] as const) {
        left!.joinTable(right!, { type, select: pair }).toStream().to(`${type}-out`, texts)
      }
    })
    expect(joins).toBring(`
> left | k | null | 1
> right | k | null | 2
> right | k | r | 3
  < outer-out | k | null+r | 3
> right | k | null | 4
  < outer-out | k | null | 4
> left | k | l | 5
  < left-out | k | l+null | 5
  < outer-out | k | l+null | 5
> left | k | null | 6
  < left-out | k | null | 6
  < outer-out | k | null | 6`)
    const filters = app((t) => {
      const odd = (value: string): boolean => Number(value) % 2 === 1
      t.table('stored', { ...texts, store: 'T' })
        .filter(odd)
        .toStream()
        .to('stored-out', texts)
      t.table('passing', texts).filter(odd).toStream().to('passing-out', texts)
    })
    expect(filters).toBring(`
> stored | k | 2 | 1
> passing | k | 2 | 1
  < passing-out | k | null | 1`)
  })

  it('11. a commit lets record caches go, waits for the outputs, and only then commits offsets', async () => {
    const counted = app((t) => {
      t.source('in', texts)
        .groupByKey()
        .count({ cache: 1_000_000, logged: false })
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const steps: string[] = []
    transport.hooks.send = async (batches) => {
      for (const { topic, records } of batches) {
        for (const { value } of records) steps.push(`send ${topic} ${value?.toString()}`)
      }
      await settled()
      steps.push('acknowledged')
    }
    transport.hooks.commit = (offsets) => {
      steps.push(`commit ${offsets.map(({ topic, offset }) => `${topic} ${offset}`).join()}`)
      return Promise.resolve()
    }
    const { clock } = await running(counted, transport, ['in'], { commit: { every: 1_000 } })
    steps.length = 0
    const records = [0, 1, 2].map((offset) => ({ offset, key: 'k', value: 'v' }))
    transport.deliver(recordBatchOf('in', 0, records), 1)
    await settled()
    expect(steps).toEqual([])
    clock.advance(1_000)
    await settled()
    await settled()
    expect(steps).toEqual(['send out 3', 'acknowledged', 'commit in 3'])
  })

  it('12. a task with several inputs waits for one that has records which have not come yet', async () => {
    const joined = app((t) => {
      const table = t.table('table', { ...texts, store: 'table', logged: false })
      t.source('in', texts).joinTable(table, { type: 'left', select: pair }).to('out', texts)
    })
    const transport = new ScriptedTransport({ in: 1, table: 1, out: 1 }, { 'table/0': [0, 1], 'in/0': [0, 1] })
    await running(joined, transport, ['in', 'table'])
    transport.deliver(recordBatchOf('in', 0, [{ offset: 0, key: 'k', value: 'v', timestamp: 10 }]), 1)
    await settled()
    expect(transport.values('out')).toEqual([])
    transport.deliver(recordBatchOf('table', 0, [{ offset: 0, key: 'k', value: 'row', timestamp: 5 }]), 1)
    await settled()
    await apps[0]!.close()
    expect(transport.values('out')).toEqual(['v+row'])
  })
})
