import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { startCassandra, startKafka, type ProviderName, type Server, type ServiceName } from '@millrace/local-services'
import { parseAddress } from '../../src/address.ts'
import { answers } from '../../src/handshake.ts'

// servers of our own: a given one must not be killed
const providers: readonly ProviderName[] = ['docker', 'jvm']
const starters = { kafka: startKafka, cassandra: startCassandra }

function isUp(service: ServiceName, server: Server): Promise<boolean> {
  const address = parseAddress(server.addresses[0] ?? '', 0)
  return address === undefined ? Promise.resolve(false) : answers(service, address)
}

for (const service of ['kafka', 'cassandra'] as const) {
  const shared = inject('servers')[service]
  const suite = 'skipped' in shared ? describe.skip : describe
  suite(`an ephemeral ${service}${'skipped' in shared ? ` [skipped: ${shared.skipped}]` : ''}`, () => {
    it('runs beside another one, comes back after a kill and a freeze, and is gone when disposed', async () => {
      const server = await starters[service]({ ephemeral: true, providers })
      onTestFinished(() => server.dispose())
      expect(Object.values(shared)).not.toContainEqual(server.addresses)
      expect(await isUp(service, server)).toBe(true)

      await server.kill()
      expect(await isUp(service, server)).toBe(false)
      await server.restart()
      expect(await isUp(service, server)).toBe(true)

      await server.pause()
      expect(await isUp(service, server)).toBe(false)
      await server.resume()
      await expect.poll(() => isUp(service, server), { timeout: 20_000 }).toBe(true)

      await server.dispose()
      expect(await isUp(service, server)).toBe(false)
      expect(server.pid).toBeUndefined()
    })
  })
}
