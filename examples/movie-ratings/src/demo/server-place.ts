import { connectTransport, createTable, openTable, run, type CassandraOptions, type KafkaOptions } from 'millrace'
import type { Logger } from 'millrace/ports'
import { createTopics } from '../create-topics.ts'
import { movieRatingsTable } from '../movie-ratings-table.ts'
import type { Place } from './place.ts'

/** A real Kafka and a real Cassandra. Topics, keyspace and table are created where they do not exist. */
export async function serverPlace(kafka: KafkaOptions, cassandra: CassandraOptions, logger: Logger): Promise<Place> {
  const transport = await connectTransport({ kafka })
  try {
    await createTopics(transport)
    await createTable(movieRatingsTable, { cassandra })
  } catch (thrown) {
    await transport.close()
    throw thrown
  }
  return {
    title: `Kafka at ${kafka.brokers.join(', ')}, Cassandra at ${cassandra.contactPoints.join(', ')}; the table keeps what earlier runs wrote`,
    transport,
    run: (topology) => run(topology, { kafka, cassandra, logger }),
    openTable: () => openTable(movieRatingsTable, { cassandra }),
    close: () => transport.close(),
  }
}
