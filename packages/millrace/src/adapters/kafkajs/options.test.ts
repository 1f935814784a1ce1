import { expect, it } from 'vitest'
import { resolveKafkaOptions } from './options.ts'

it('fills in defaults, for undefined ones too', () => {
  const settings = resolveKafkaOptions({ brokers: ['localhost:9092'], clientId: undefined as never, maxWaitMs: 5 })
  expect(settings).toMatchObject({ clientId: 'millrace', maxWaitMs: 5, sessionTimeoutMs: 10_000 })
})

it.each([
  [{ brokers: [] }, 'brokers is empty'],
  [{ brokers: ['localhost'] }, "'localhost'"],
  [{ brokers: ['a:1'], maxWaitMs: -1 }, 'maxWaitMs'],
  [{ brokers: ['a:1'], sessionTimeoutMs: Number.NaN }, 'sessionTimeoutMs'],
  [{ brokers: ['a:1'], sessionTimeoutMs: 6_000, heartbeatIntervalMs: 5_000 }, 'heartbeatIntervalMs'],
])('refuses what cannot work: %j', (options, named) => {
  expect(() => resolveKafkaOptions(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(() => resolveKafkaOptions(options)).toThrow(named)
})
