import { describe, expect, it } from 'vitest'
import { transportSuite } from './transport-suite.ts'
import { embedded } from '../../../adapters/embedded/index.ts'

let lastName = 0

transportSuite(
  'embedded',
  {
    create: async () => ({
      transport: embedded({ rebalanceTimeoutMs: 1_000 }).transport(),
      uniqueName: (prefix) => `${prefix}-${++lastName}`,
      dispose: async () => {},
    }),
    unreachable: () => {
      const server = embedded()
      server.disconnect()
      return server.transport()
    },
  },
  { describe, it, expect },
)
