import { connectTransport, embedded, openTable, run } from 'millrace'
import type { Logger } from 'millrace/ports'
import { createTopics } from '../create-topics.ts'
import { movieRatingsTable } from '../movie-ratings-table.ts'
import type { Place } from './place.ts'

/** An embedded broker and table in this process: nothing is installed, nothing stays. */
export async function embeddedPlace(logger: Logger): Promise<Place> {
  const server = embedded()
  const transport = await connectTransport({ embedded: server })
  await createTopics(transport)
  return {
    title: 'an embedded broker and table, all in this process',
    transport,
    run: (topology) => run(topology, { embedded: server, logger }),
    openTable: () => openTable(movieRatingsTable, { tables: server.tables }),
    close: () => transport.close(),
  }
}
