import { string, topology, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

/** The text after the bar; none where there is no bar, or `returnNull` stands there. */
export function foreignKey(value: string): string | null {
  const key = value.split('|')[1]
  return key === undefined || key === 'returnNull' ? null : key
}

function foreignKeyJoin(type: 'inner' | 'left'): Topology {
  return topology('app', (t) => {
    const left = t.table('left', { ...texts, store: 'left' })
    const right = t.table('right', { ...texts, store: 'right' })
    left
      .joinTable(right, {
        type,
        on: foreignKey,
        select: (value, row) => `(${value},${text(row)})`,
        store: 'out-store',
        value: string(),
      })
      .toStream()
      .to('out', texts)
  })
}

export const foreignKeyJoins: CaseTopologies = {
  'FK-01': () => ({ topology: foreignKeyJoin('inner') }),
  'FK-04': () => ({ topology: foreignKeyJoin('left') }),
  'FK-07': () => ({ topology: foreignKeyJoin('inner') }),
  'FK-10': () => ({ topology: foreignKeyJoin('inner') }),
  'FK-13': () => ({ topology: foreignKeyJoin('left') }),
}
