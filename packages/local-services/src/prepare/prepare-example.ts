import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress } from '../address.ts'
import { cqlDir } from '../paths.ts'
import type { Report, Server } from '../service.ts'
import { applyCqlFiles } from './apply-cql.ts'
import { createTopics } from './create-topics.ts'

/** The topics of the movie-ratings example, as docker-compose.yml has them too. */
const topics = [
  { topic: 'test', partitions: 4 },
  { topic: 'test.invalid', partitions: 4 },
]

/** Creates what the example needs on a server, where it is not there yet: its topics, or its tables. */
export async function prepareExample(server: Server, report: Report): Promise<void> {
  const address = parseAddress(server.addresses[0] ?? '', 0)
  if (address === undefined) return
  if (server.service === 'kafka') {
    const created = await createTopics(address, topics)
    if (created.length > 0) report(`created the topics ${created.join(', ')}`)
    return
  }
  const files = (await readdir(cqlDir)).filter((name) => /^\d+.*\.cql$/.test(name)).sort()
  await applyCqlFiles(
    address,
    files.map((name) => join(cqlDir, name)),
  )
  report(`applied ${files.map((name) => `cql/${name}`).join(', ')}`)
}
