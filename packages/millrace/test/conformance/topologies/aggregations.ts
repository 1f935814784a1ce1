import { minutes, string, topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

export const aggregations: CaseTopologies = {
  'AG-01': () => ({
    topology: topology('app', (t) => {
      t.source('in', texts).groupByKey().count({ store: 'cnt' }).toStream().mapValues(text).to('out', texts)
    }),
  }),
  'AG-04': () => ({
    topology: topology('app', (t) => {
      t.table('in', { ...texts, store: 'in' })
        .groupBy((row) => row, texts)
        .aggregate({
          init: () => '0',
          add: (aggregate, value) => `${aggregate}+${value}`,
          subtract: (aggregate, value) => `${aggregate}-${value}`,
          value: string(),
        })
        .toStream()
        .to('out', texts)
    }),
  }),
  'AG-07': () => ({
    topology: topology('app', (t) => {
      t.table('in', { ...texts, store: 'in', versioned: minutes(5) })
        .groupBy(({ value }) => ({ key: value, value }), texts)
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    }),
  }),
  'AG-10': () => ({
    topology: topology('app', (t) => {
      t.table('in', { ...texts, store: 'T' })
        .toStream()
        .to('out', texts)
    }),
  }),
  'AG-13': () => ({
    topology: topology('app', (t) => {
      t.table('in', { ...texts, store: 'in' })
        .mapValues((value) => `${value}!`)
        .toStream()
        .to('out', texts)
    }),
  }),
  'AG-16': () => ({
    topology: topology('app', (t) => {
      t.source('in', texts)
        .flatMapValues((value) => value.split(','))
        .groupByKey()
        .count({ cache: 0 })
        .toStream()
        .mapValues(text)
        .to('out', texts)
    }),
  }),
  'AG-19': () => ({
    topology: topology('app', (t) => {
      t.table('in', { ...texts, store: 'in' })
        .filter((value) => Number(value) % 2 === 0)
        .groupBy(({ value }) => ({ key: 'sum', value }), texts)
        .reduce({
          add: (sum, value) => String(Number(sum) + Number(value)),
          subtract: (sum, value) => String(Number(sum) - Number(value)),
        })
        .toStream()
        .to('out', texts)
    }),
  }),
}
