import { hours, string, topology, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

const select = (left: unknown, right: unknown): string => `${text(left)}-${text(right)}`

function tableTable(settings: { readonly versioned?: number }): Topology {
  return topology('app', (t) => {
    const left = t.table('left', { ...texts, store: 'left', ...settings })
    const right = t.table('right', { ...texts, store: 'right', ...settings })
    left.joinTable(right, { type: 'inner', select }).toStream().to('out', texts)
  })
}

export const tableTableJoins: CaseTopologies = {
  'TT-01': () => ({ topology: tableTable({}) }),
  'TT-04': () => ({ topology: tableTable({ versioned: hours(1) }) }),
  'TT-07': () => ({ topology: tableTable({}) }),
  'TT-10': () => ({
    topology: topology('app', (t) => {
      const left = t.table('left', { ...texts, store: 'left' })
      const right = t.table('right', { ...texts, store: 'right' })
      left
        .joinTable(right, { type: 'left', select, value: string() })
        .joinTable(right, { type: 'outer', select, value: string() })
        .toStream()
        .to('out', texts)
    }),
  }),
}
