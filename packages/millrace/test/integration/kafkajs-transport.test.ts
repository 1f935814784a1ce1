import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it } from 'vitest'
import { createKafkajsTransport } from '../../src/adapters/kafkajs/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { transportSuite } from '../../src/testing/conformance/transport/transport-suite.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const { brokers, skipped } = kafkaAddresses(inject)
const services = { clock: systemClock, logger: quietLogger() }

describe.skipIf(skipped !== undefined)(
  `on a real Kafka${skipped === undefined ? '' : ` (skipped: ${skipped})`}`,
  () => {
    transportSuite(
      'kafkajs',
      {
        create: async () => ({
          transport: createKafkajsTransport(
            { brokers, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 200, rebalanceTimeoutMs: 10_000 },
            services,
          ),
          uniqueName: (prefix) => `${prefix}-${randomUUID()}`,
          dispose: async () => {},
        }),
        unreachable: () => createKafkajsTransport({ brokers: ['127.0.0.1:1'], connectTimeoutMs: 1_000 }, services),
      },
      { describe, it, expect },
    )
  },
)
