import { topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

export const globalTables: CaseTopologies = {
  'GT-01': () => ({
    topology: topology('app', (t) => {
      const right = t.globalTable('right', texts)
      t.source('left', texts)
        .joinTable(right, {
          type: 'inner',
          on: (value) => value.split(',')[1] ?? null,
          select: (value, row) => `${value}+${text(row)}`,
        })
        .to('out', texts)
    }),
  }),
}
