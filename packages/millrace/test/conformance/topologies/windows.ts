import { hopping, session, sliding, string, topology, tumbling, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { text, texts } from './text.ts'
import { windowedText } from './windowed-text.ts'

const add = (aggregate: string, value: unknown): string => `${aggregate}+${text(value)}`

function timeWindows(
  windows: ReturnType<typeof hopping>,
  init: string,
  emit: 'on-update' | 'on-window-close' = 'on-update',
): Topology {
  return topology('app', (t) => {
    const table = t
      .source('in', texts)
      .groupByKey()
      .windowedBy(windows)
      .aggregate({ init: () => init, add, value: string(), emit })
    windowedText(table).to('out', texts)
  })
}

function sessionCount(windows: ReturnType<typeof session>): Topology {
  return topology('app', (t) => {
    const table = t.source('in', texts).groupByKey().windowedBy(windows).count({ store: 'SES' })
    windowedText(table).to('out', texts)
  })
}

function sessionAggregate(windows: ReturnType<typeof session>, between: '+' | '|'): Topology {
  return topology('app', (t) => {
    const table = t
      .source('in', texts)
      .groupByKey()
      .windowedBy(windows)
      .aggregate({
        init: () => '0',
        add,
        merge: (left, right) => `${left}${between}${right}`,
        value: string(),
        store: 'SES',
      })
    windowedText(table).to('out', texts)
  })
}

export const windows: CaseTopologies = {
  'WI-01': () => ({ topology: timeWindows(hopping(10, { advance: 5, grace: 100 }), '0') }),
  'WI-04': () => ({ topology: timeWindows(hopping(10, { advance: 5, grace: 90 }), '') }),
  'WI-07': () => ({ topology: timeWindows(tumbling(10, { grace: 100 }), '') }),
  'WI-10': () => ({
    topology: topology('app', (t) => {
      const [one, two] = ['one', 'two'].map((topic) =>
        t
          .source(topic, texts)
          .groupByKey()
          .windowedBy(hopping(10, { advance: 5, grace: 100 }))
          .aggregate({ init: () => '0', add, value: string() }),
      )
      const joined = one!.joinTable(two!, { type: 'inner', select: (left, right) => `${left}%${right}` })
      windowedText(joined).to('out', texts)
    }),
  }),
  'WI-13': () => ({
    topology: topology('app', (t) => {
      const table = t
        .source('in', texts)
        .groupByKey()
        .windowedBy(sliding(50, { grace: 200 }))
        .aggregate({ init: () => '0', add, value: string() })
      windowedText(table).to('out', texts)
    }),
  }),
  'WI-16': () => ({ topology: sessionCount(session(500)) }),
  'WI-19': () => ({ topology: sessionCount(session(10, { grace: 100 })) }),
  'WI-22': () => ({ topology: sessionAggregate(session(500), '+') }),
  'WI-25': () => ({ topology: timeWindows(tumbling(10, { grace: 5 }), '0', 'on-window-close') }),
  'WI-28': () => ({ topology: sessionAggregate(session(10), '|') }),
}
