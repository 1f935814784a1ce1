import { hopping, session, sliding, string, topology, tumbling, type KTable, type Topology } from 'millrace'
import { text, texts } from '../topologies/text.ts'
import { windowedText } from '../topologies/windowed-text.ts'

/** What the values of the random cases do: an x deletes the aggregate, q maps to null, N has no group, M no grouped value. */
const add = (aggregate: string, value: unknown): string | null =>
  text(value).startsWith('x') ? null : `${text(aggregate)}+${text(value)}`
const subtract = (aggregate: string, value: string): string => `${text(aggregate)}-${value}`
const even = (value: string): boolean => Number(value.at(-1)) % 2 === 0

/** Of a title such as `hopping 10 advance 5 grace 3 on close`. */
export function windowsOf(title: string): Topology {
  const [kind = '', sizeText] = title.split(' ')
  const size = Number(sizeText)
  const numberOf = (name: string): number => Number(new RegExp(`${name} (\\d+)`).exec(title)?.[1])
  const grace = numberOf('grace')
  const isOnClose = title.endsWith('on close')
  const common = { init: () => '0', add, value: string(), emit: isOnClose ? 'on-window-close' : 'on-update' } as const
  return topology('app', (t) => {
    const grouped = t.source('in', texts).groupByKey()
    if (kind === 'session') {
      const merge = (left: string, right: string): string => `${text(left)}|${text(right)}`
      return windowedText(grouped.windowedBy(session(size, { grace })).aggregate({ ...common, merge })).to('out', texts)
    }
    const windows =
      kind === 'sliding'
        ? sliding(size, { grace })
        : kind === 'tumbling'
          ? tumbling(size, { grace })
          : hopping(size, { advance: numberOf('advance'), grace })
    windowedText(grouped.windowedBy(windows).aggregate(common)).to('out', texts)
  })
}

/** Of a title such as `stored table | filter | mapValues stored | aggregate`. */
export function tableOf(title: string): Topology {
  const [first, ...operations] = title.split(' | ')
  return topology('app', (t) => {
    const source = t.table('in', first === 'stored table' ? { ...texts, store: 'T' } : texts)
    operations
      .reduce((table, operation, index) => next(table, operation, `S${index}`), source)
      .toStream()
      .to('out', texts)
  })
}

function next(table: KTable<string, string>, operation: string, name: string): KTable<string, string> {
  const store = operation.endsWith(' stored') ? { store: name } : {}
  if (operation.startsWith('filterNot')) return table.filterNot(even, store)
  if (operation.startsWith('filter')) return table.filter(even, store)
  if (operation === 'aggregate') {
    const group = ({ value }: { readonly value: string }) => ({
      key: value.startsWith('N') ? null : value.slice(0, 1),
      value: value.startsWith('M') ? null : value,
    })
    return table.groupBy(group, texts).aggregate({ init: () => '0', add, subtract, value: string() })
  }
  const none = null as unknown as string
  return table.mapValues((value) => (value.startsWith('q') ? none : `${value}2`), { ...store, value: string() })
}
