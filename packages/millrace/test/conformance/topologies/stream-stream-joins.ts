import { hours, seconds, topology, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'

interface Settings {
  readonly type: 'inner' | 'left' | 'outer'
  readonly within: number
  readonly before?: number
  readonly grace?: number
}

function streamStream(settings: Settings): Topology {
  return topology('app', (t) => {
    t.source('left', texts)
      .joinStream(t.source('right', texts), {
        ...settings,
        select: (left, right) => `${text(left)}+${text(right)}`,
      })
      .to('out', texts)
  })
}

export const streamStreamJoins: CaseTopologies = {
  'SS-01': () => ({ topology: streamStream({ type: 'inner', within: seconds(10), grace: hours(24) }) }),
  'SS-04': () => ({ topology: streamStream({ type: 'inner', within: 100 }) }),
  'SS-07': () => ({ topology: streamStream({ type: 'left', within: 100, grace: 0 }) }),
  'SS-10': () => ({ topology: streamStream({ type: 'left', within: 100, grace: 10 }) }),
  'SS-13': () => ({ topology: streamStream({ type: 'left', within: 100, grace: 10 }) }),
  'SS-16': () => ({ topology: streamStream({ type: 'outer', within: 100, grace: 10 }) }),
  'SS-19': () => ({ topology: streamStream({ type: 'outer', within: 100, before: 0 }) }),
  'SS-22': () => ({ topology: streamStream({ type: 'inner', within: 100, grace: 1000 }) }),
  'SS-25': () => ({ topology: streamStream({ type: 'inner', within: 100 }) }),
  'SS-28': () => ({ topology: streamStream({ type: 'left', within: 100 }) }),
}
