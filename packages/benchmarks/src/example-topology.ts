import { movieRatings } from '@millrace/example-movie-ratings'
import { json, type Plan, type PlanNode, topology } from 'millrace'
import { BenchmarkError } from './benchmark-error.ts'

type TableSink = Extract<PlanNode, { readonly kind: 'table-sink' }>

/** What stands in the place of the example's table. */
export type Ending = (sink: TableSink) => PlanNode

/** The example's topology, node by node, on a topic of one's own and with another end. */
export function exampleFrom(topic: string, ending: Ending): { readonly plan: Plan } {
  const { plan } = movieRatings()
  const nodes = plan.nodes.map((node): PlanNode => {
    if (node.kind === 'source') return { ...node, topics: [topic] }
    return node.kind === 'table-sink' ? ending(node) : node
  })
  return { plan: { ...plan, nodes } }
}

/** Ends in a callback per record. */
export function endInCallback(action: (value: { readonly rating: number }) => void): Ending {
  return ({ id, parents }) => ({ kind: 'for-each', id, parents, action })
}

/** Ends in a topic, as JSON. */
export function endInTopic(topic: string): Ending {
  const end = topology('end', (t) => {
    t.source('any')
      .mapValues((value): unknown => value)
      .to(topic, { value: json() })
  }).plan.nodes.find((node) => node.kind === 'topic-sink')
  if (end === undefined) throw new BenchmarkError('to() makes no topic-sink')
  return ({ id, parents }) => ({ ...end, id, parents })
}

/** Ends in a table of another name, written at other times if wished. */
export function endInTable(keyspace: string, table: string, everyMs?: number): Ending {
  return (sink) => ({
    ...sink,
    table: { ...sink.table, keyspace, table },
    options: { ...sink.options, everyMs: everyMs ?? sink.options.everyMs },
  })
}

/** How the example writes its table. */
export function exampleSinkOptions(): TableSink['options'] {
  const [sink] = movieRatings().plan.nodes.filter((node) => node.kind === 'table-sink')
  if (sink === undefined) throw new BenchmarkError('the example has no table')
  return sink.options
}
