import { describe, expect, it } from 'vitest'
import { createEmbeddedTableStore } from '../../../adapters/embedded/embedded-table-store.ts'
import { missingTitle } from './check-cases.ts'
import { tableSuite } from './table-suite.ts'

let lastName = 0

tableSuite(
  'embedded',
  {
    create: async () => {
      const store = createEmbeddedTableStore()
      return {
        store,
        uniqueName: (prefix) => `suite.${prefix}_${++lastName}`,
        createTable: async (table) => store.reader(table).close(),
        dispose: async () => {},
      }
    },
    skips: {
      [missingTitle]: 'an embedded table comes into being when it is first named',
      'rejects open with SINK_UNREACHABLE when no server answers': 'there is no server',
    },
  },
  { describe, it, expect },
)
