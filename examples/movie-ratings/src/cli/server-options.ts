import { addressesOption, splitAddresses, textOption } from './option.ts'

type Environment = Readonly<Record<string, string | undefined>>

const addressesFrom = (variable: string, otherwise: string, env: Environment = process.env): readonly string[] =>
  splitAddresses(env[variable] || otherwise)

/** Where Kafka is. */
export const kafkaOptions = {
  brokers: addressesOption({
    help: 'addresses of Kafka; also KAFKA_BROKERS',
    placeholder: '<host:port,…>',
    default: addressesFrom('KAFKA_BROKERS', 'localhost:29092'),
  }),
}

/** Where Cassandra is. */
export const cassandraOptions = {
  'contact-points': addressesOption({
    help: 'addresses of Cassandra; also CASSANDRA_CONTACT_POINTS',
    placeholder: '<host,…>',
    default: addressesFrom('CASSANDRA_CONTACT_POINTS', 'localhost'),
  }),
  'local-datacenter': textOption({
    help: 'name of its data center; also CASSANDRA_LOCAL_DATACENTER',
    placeholder: '<name>',
    default: process.env.CASSANDRA_LOCAL_DATACENTER || 'datacenter1',
  }),
}
