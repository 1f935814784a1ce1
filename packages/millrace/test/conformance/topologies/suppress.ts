import { days, sliding, topology, tumbling, untilTimeLimit, untilWindowCloses, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'
import { windowedText } from './windowed-text.ts'

/** Counts the rows of a table by their value; the reference has the suppressed branch first. */
function countByValue(until: ReturnType<typeof untilTimeLimit>): Topology {
  return topology('app', (t) => {
    const raw = t
      .table('in', { ...texts, store: 'in' })
      .groupBy(({ value }) => ({ key: value, value }), texts)
      .count()
    raw.suppress(until).toStream().mapValues(text).to('out', texts)
    raw.toStream().mapValues(text).to('out-raw', texts)
  })
}

function countByWindow(windows: ReturnType<typeof tumbling> | ReturnType<typeof sliding>): Topology {
  return topology('app', (t) => {
    const raw = t.source('in', texts).groupByKey().windowedBy(windows).count()
    windowedText(raw.suppress(untilWindowCloses())).to('out', texts)
    windowedText(raw).to('out-raw', texts)
  })
}

export const suppress: CaseTopologies = {
  'SU-01': () => ({ topology: countByValue(untilTimeLimit(2)) }),
  'SU-04': () => ({ topology: countByWindow(tumbling(2, { grace: 1 })) }),
  'SU-07': () => ({ topology: countByWindow(sliding(5, { grace: 15 })) }),
  'SU-10': () => ({
    topology: countByValue(untilTimeLimit(days(100), { maxRecords: 1, whenFull: 'fail' })),
    throws: 'BUFFER_FULL',
  }),
}
