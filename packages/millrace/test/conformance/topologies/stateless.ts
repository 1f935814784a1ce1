import { topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

const isLong = (value: string | null): boolean => value !== null && value.length > 1
const isMultiple = (of: number) => (value: string) => Number(value) % of === 0

export const stateless: CaseTopologies = {
  'SL-01': () => ({
    topology: topology('app', (t) => {
      const input = t.source('in', texts)
      input.filter(isLong).to('out', texts)
      input.filterNot(isLong).to('out2', texts)
    }),
  }),
  'SL-04': () => ({
    topology: topology('app', (t) => {
      t.source('in', texts)
        .flatMapValues((value) => value.split(',').filter((part) => part !== ''))
        .to('out', texts)
    }),
  }),
  'SL-07': () => ({
    topology: topology('app', (t) => {
      const branches = t
        .source('in', texts)
        .split({ x2: isMultiple(2), x3: isMultiple(3), x5: isMultiple(5) }, { otherwise: 'x' })
      branches.x2.to('x2', texts)
      branches.x3.to('x3', texts)
      branches.x5.to('x5', texts)
      branches.x.to('x', texts)
    }),
  }),
  'SL-10': () => ({
    topology: topology('app', (t) => {
      t.source(['a', 'b'], texts)
        .peek(() => {})
        .to('out', texts)
    }),
  }),
  'SL-13': () => ({
    topology: topology('app', (t) => {
      t.source('in', texts)
        .groupBy((value) => (value === 'none' ? null : value), { name: 'g' })
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    }),
  }),
}
