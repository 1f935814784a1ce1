import { aggregations } from './aggregations.ts'
import type { CaseTopologies } from './case-topology.ts'
import { foreignKeyJoins } from './foreign-key-joins.ts'
import { globalTables } from './global-tables.ts'
import { punctuation } from './punctuation.ts'
import { runtime } from './runtime.ts'
import { stateless } from './stateless.ts'
import { streamStreamJoins } from './stream-stream-joins.ts'
import { streamTableJoins } from './stream-table-joins.ts'
import { suppress } from './suppress.ts'
import { tableTableJoins } from './table-table-joins.ts'
import { versionedStores } from './versioned-stores.ts'
import { windows } from './windows.ts'

/** The topologies of all cases, by case id; made anew at every call. */
export const caseTopologies: CaseTopologies = {
  ...stateless,
  ...streamTableJoins,
  ...streamStreamJoins,
  ...tableTableJoins,
  ...foreignKeyJoins,
  ...aggregations,
  ...windows,
  ...suppress,
  ...globalTables,
  ...punctuation,
  ...versionedStores,
  ...runtime,
}
