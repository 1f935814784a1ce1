import { json, topology, type Topology } from 'millrace'
import { TopRow } from '../schemas.ts'
import { topTopic } from '../topics.ts'

/** An app of its own that reads the results, as another team's would. */
export function readRows(onRow: (row: TopRow) => void): Topology {
  return topology('top-of-the-hour-reader', (t) => {
    t.source(topTopic, { value: json(TopRow) }).forEach((row) => onRow(row))
  })
}
