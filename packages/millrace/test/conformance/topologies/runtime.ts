import { skip, topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { texts } from './text.ts'

export const runtime: CaseTopologies = {
  'RT-01': () => ({
    topology: topology('app', (t) => {
      const recursing = t.source('in', texts).process<string, string>((context) => ({
        process({ key, value }) {
          if (!value.startsWith('recurse-')) context.forward({ key: key!, value: `recurse-${value}` }, 'again')
          context.forward({ key: key!, value }, 'onward')
        },
      }))
      recursing.to('in', { ...texts, name: 'again' })
      recursing.to('out', { ...texts, name: 'onward' })
    }),
  }),
  'RT-04': () => ({
    topology: topology(
      'app',
      (t) => {
        t.source('in', texts)
          .mapValues((value) => {
            if (value.includes('ERR')) throw new RangeError(value)
            return value
          })
          .to('out', texts)
      },
      { onProcessError: skip },
    ),
  }),
  'RT-07': () => ({
    topology: topology('app', (t) => {
      t.source('in', { ...texts, at: Number }).to('out', texts)
    }),
    throws: 'TIMESTAMP_INVALID',
  }),
}
