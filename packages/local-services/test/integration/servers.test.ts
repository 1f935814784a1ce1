import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { startCassandra, startKafka, type ProviderName, type Server, type ServiceName } from '@millrace/local-services'
import { parseAddress } from '../../src/address.ts'
import { answers } from '../../src/handshake.ts'
import { prepareExample } from '../../src/prepare/prepare-example.ts'

// servers of our own: a given one must not be killed
const providers: readonly ProviderName[] = ['docker', 'jvm']
const starters = { kafka: startKafka, cassandra: startCassandra }

const applied = 'applied cql/001-keyspace.cql, cql/002-movie-ratings.cql'
const prepared = { kafka: ['created the topics test, test.invalid'], cassandra: [applied, applied] }

function isUp(service: ServiceName, server: Server): Promise<boolean> {
  const address = parseAddress(server.addresses[0] ?? '', 0)
  return address === undefined ? Promise.resolve(false) : answers(service, address)
}

// polled: on a busy machine one handshake may take longer than its second
function expectUp(service: ServiceName, server: Server): Promise<void> {
  return expect.poll(() => isUp(service, server), { timeout: 20_000 }).toBe(true)
}

for (const service of ['kafka', 'cassandra'] as const) {
  const shared = inject('servers')[service]
  const suite = 'skipped' in shared ? describe.skip : describe
  suite(`an ephemeral ${service}${'skipped' in shared ? ` [skipped: ${shared.skipped}]` : ''}`, () => {
    it('runs beside another one, takes the schema twice, outlives a kill and a freeze, and is gone when disposed', async () => {
      const server = await starters[service]({ ephemeral: true, providers })
      onTestFinished(() => server.dispose())
      expect(Object.values(shared)).not.toContainEqual(server.addresses)
      await expectUp(service, server)

      const reports: string[] = []
      await prepareExample(server, (line) => reports.push(line))
      await prepareExample(server, (line) => reports.push(line))
      expect(reports).toEqual(prepared[service])

      await server.kill()
      expect(await isUp(service, server)).toBe(false)
      await server.restart()
      await expectUp(service, server)

      await server.pause()
      expect(await isUp(service, server)).toBe(false)
      await server.resume()
      await expectUp(service, server)

      await server.dispose()
      expect(await isUp(service, server)).toBe(false)
      expect(server.pid).toBeUndefined()
    })
  })
}
