import { topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { texts } from './text.ts'

export const punctuation: CaseTopologies = {
  'PU-01': () => ({
    topology: topology('app', (t) => {
      t.source('in', texts)
        .process<string, string>((context) => {
          context.schedule(10, 'stream-time', (time) => {
            context.forward({ key: 'punctuate', value: String(time), timestamp: time })
          })
          return { process() {} }
        })
        .to('out', texts)
    }),
  }),
  'PU-04': () => ({
    topology: topology('app', (t) => {
      t.source('in', texts)
        .process<string, string>((context) => {
          let calls = 0
          const cancel = context.schedule(10, 'wall-clock', (time) => {
            context.forward({ key: 'punctuate', value: String(time) })
            calls++
            if (calls === 2) cancel()
          })
          return { process() {} }
        })
        .to('out', texts)
    }),
  }),
}
