import { hours, topology, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

interface Settings {
  readonly type: 'inner' | 'left'
  readonly between: '-' | '+'
  readonly versioned?: number
}

function streamTable({ type, between, versioned }: Settings): Topology {
  return topology('app', (t) => {
    const right = t.table('right', { ...texts, store: 'right', ...(versioned === undefined ? {} : { versioned }) })
    t.source('left', texts)
      .joinTable(right, { type, select: (value, row) => `${value}${between}${text(row)}` })
      .to('out', texts)
  })
}

export const streamTableJoins: CaseTopologies = {
  'ST-01': () => ({ topology: streamTable({ type: 'inner', between: '-' }) }),
  'ST-04': () => ({ topology: streamTable({ type: 'left', between: '-', versioned: hours(1) }) }),
  'ST-07': () => ({ topology: streamTable({ type: 'inner', between: '-' }) }),
  'ST-10': () => ({ topology: streamTable({ type: 'inner', between: '+' }) }),
}
