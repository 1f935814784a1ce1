import { hours, topology, type KStream, type Topology, type TopologyBuilder } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void): Topology => topology('app', define)

/** Gives every record the one header `by`, with its value in it. */
function signed(input: KStream<string | null, string>): KStream<string, string> {
  return input.process<string, string>((context) => ({
    process({ key, value }) {
      context.forward({ key: text(key), value, headers: [{ name: 'by', value: Buffer.from(value) }] })
    },
  }))
}

/** As `signed`; the key stays, so that nothing has to be repartitioned. */
function signedValues(input: KStream<string | null, string>): KStream<string | null, string> {
  return input.processValues<string>((context) => ({
    process: ({ key, value }) => context.forward({ key, value, headers: [{ name: 'by', value: Buffer.from(value) }] }),
  }))
}

describe('headers that a processor gives', () => {
  it('go with everything that comes of the record, however often it is forwarded', () => {
    const twice = app((t) => {
      const input = t.source('in', texts)
      const again = signed(input).process<string, string>((context) => ({
        process(record) {
          context.forward(record)
          context.forward({ key: record.key, value: `${record.value} again` })
        },
      }))
      again.to('out', texts)
      again.mapValues((value) => value).to('more', texts)
      input.to('plain', texts)
    })
    expect(twice).toBring(`
> in | k | v | 1 | h:n=1
  < out | k | v | 1 | h:by=v
  < more | k | v | 1 | h:by=v
  < out | k | v again | 1 | h:by=v
  < more | k | v again | 1 | h:by=v
  < plain | k | v | 1 | h:n=1`)
  })

  it('wait with the record for an asynchronous answer', async () => {
    const waiting = app((t) => {
      signed(t.source('in', texts))
        .mapValuesAsync((value) => Promise.resolve(`${value}!`))
        .to('out', texts)
    })
    const driver = testDriver(waiting)
    for (const value of ['a', 'b']) driver.input('in').send('k', value)
    await driver.settle()
    const records = driver.output('out').records()
    expect(records.map(({ value, headers }) => [value, headers[0]?.value?.toString()])).toEqual([
      ['a!', 'a'],
      ['b!', 'b'],
    ])
  })

  it('wait with the update in a record cache: those of the last one go on', () => {
    const cached = app((t) => {
      signedValues(t.source('in', texts).flatMapValues((value) => value.split(',')))
        .toTable({ ...texts, store: 'T', cache: 1000 })
        .toStream()
        .to('out', texts)
    })
    expect(cached).toBring(`
> in | k | a,b | 1
  < out | k | b | 1 | h:by=b`)
  })

  it('wait with the record in the buffer of a join with grace, and stay those of the one that lets it go', () => {
    const graced = app((t) => {
      const table = t.table('table', { ...texts, store: 'table', versioned: hours(1) })
      const stream = signedValues(t.source('in', texts))
      stream
        .joinTable(table, { type: 'left', grace: 10, select: (value, row) => `${value}-${text(row)}` })
        .to('out', texts)
      stream.to('plain', texts)
    })
    expect(graced).toBring(`
> in | k | a | 5
  < plain | k | a | 5 | h:by=a
> in | k | b | 20
  < out | k | a-null | 5 | h:by=a
  < plain | k | b | 20 | h:by=b`)
  })

  it('are those of the record that lets unmatched ones of a stream join go', () => {
    const joined = app((t) => {
      signed(t.source('left', texts))
        .joinStream(t.source('right', texts), {
          type: 'left',
          within: 10,
          select: (left, right) => `${left}+${text(right)}`,
        })
        .to('out', texts)
    })
    expect(joined).toBring(`
> left | k | a | 0
> left | k | b | 20
  < out | k | a+null | 0 | h:by=b`)
  })
})

describe('where a record came from', () => {
  it('is told behind an asynchronous operation, a record cache and a buffer as before them', async () => {
    const seen: (readonly [string, unknown])[] = []
    const look = <K>(stream: KStream<K, string>, name: string): void => {
      stream.process((context) => ({
        process: ({ value }) => void seen.push([name, `${value} ${context.origin?.topic} ${context.origin?.offset}`]),
      }))
    }
    const looking = app((t) => {
      const table = t.table('table', { ...texts, store: 'table', versioned: hours(1) })
      const input = t.source('in', texts)
      look(
        input.mapValuesAsync((value) => Promise.resolve(value)),
        'async',
      )
      look(input.toTable({ ...texts, store: 'T', cache: 1000 }).toStream(), 'cache')
      look(input.joinTable(table, { type: 'left', grace: 10, select: (value) => value }), 'buffer')
    })
    const driver = testDriver(looking)
    driver.input('in').send('k', 'a', { at: 0 })
    driver.input('in').send('k', 'b', { at: 10 })
    await driver.settle()
    expect(seen.filter(([name]) => name === 'async')).toEqual([
      ['async', 'a in 0'],
      ['async', 'b in 1'],
    ])
    expect(seen.filter(([name]) => name !== 'async')).toEqual([
      ['cache', 'a in 0'],
      ['buffer', 'a in 0'],
      ['cache', 'b in 1'],
    ])
  })
})
