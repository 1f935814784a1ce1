import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, embedded, partitionOf, run } from 'millrace'
import { silentLogger } from 'millrace/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pages, visits, visitsNow } from './distributed.ts'

const partitions = 4
const visited = ['home', 'cart', 'help', 'news', 'about', 'jobs']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-docs-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('snippets of distributed', () => {
  it('answer for every page from the process that has it', async () => {
    const server = embedded()
    server.createTopic('visits', { partitions })
    server.createTopic('visits-per-page', { partitions })
    const start = (name: string): Promise<App> =>
      run(pages, {
        embedded: server,
        endpoint: name,
        stateFolder: join(folder, name),
        signals: false,
        logger: silentLogger,
      })
    const first = await start('first')
    const second = await start('second')
    const apps = new Map([
      ['first', first],
      ['second', second],
    ])
    const transport = server.transport()
    await transport.connect()
    const record = { value: Buffer.from('ann'), timestamp: 0, headers: [] }
    await transport.producer({ clientId: 'test' }).send(
      visited.map((page) => ({
        topic: 'visits',
        partition: partitionOf(Buffer.from(page), partitions),
        records: [{ ...record, key: Buffer.from(page) }],
      })),
    )
    await Promise.all([first.caughtUp(), second.caughtUp()])

    const asked: string[] = []
    for (const page of visited) {
      const count = await visits(first, page, async (endpoint, other) => {
        asked.push(endpoint)
        return (await visitsNow(apps.get(endpoint)!, other)) ?? -1
      })
      expect(count).toBe(1)
    }
    expect(new Set(asked)).toEqual(new Set(['second']))
    const here = [...first.store('visits-per-page').all()].length
    expect(here + [...second.store('visits-per-page').all()].length).toBe(visited.length)

    await Promise.all([first.close(), second.close(), transport.close()])
  })
})
