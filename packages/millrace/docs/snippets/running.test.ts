import { openTable } from 'millrace'
import { describe, expect, it } from 'vitest'
import { inThisProcess, ratingsTable } from './running.ts'

describe('snippets of running', () => {
  it('write rows in one process', async () => {
    const app = await inThisProcess()
    const transport = app.embedded!.transport()
    await transport.connect()
    const producer = transport.producer({ clientId: 'test' })
    const value = Buffer.from(JSON.stringify({ user: 'ann', at: '2025-03-27T09:56:10Z', film: 'Alien', rating: 9 }))
    await producer.send([
      { topic: 'ratings', partition: 0, records: [{ key: null, value, timestamp: 0, headers: [] }] },
    ])
    await app.caughtUp()
    const table = await openTable(ratingsTable, { tables: app.embedded!.tables })
    expect(await table.partition({ user: 'ann' }).rows()).toMatchObject([{ film: 'Alien', rating: 9 }])
    await app.close()
    await transport.close()
  })
})
