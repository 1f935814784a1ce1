import { startCassandra, startKafka, type CassandraServer, type KafkaServer } from '@millrace/local-services'
import type { CassandraAddress } from './cassandra-address.ts'
import { cassandraVersion, kafkaVersion } from './server-versions.ts'
import { untilGroupsWork } from './topics.ts'

/** The servers of a run; each is started when it is first needed, on free ports and with data that goes with it. */
export class Servers {
  readonly versions: Record<string, string> = {}
  readonly #report: (line: string) => void
  #kafka: Promise<KafkaServer> | undefined
  #cassandra: Promise<CassandraServer> | undefined

  constructor(report: (line: string) => void) {
    this.#report = report
  }

  async brokers(): Promise<string[]> {
    this.#kafka ??= this.#startKafka()
    return (await this.#kafka).brokers
  }

  async cassandra(): Promise<CassandraAddress> {
    this.#cassandra ??= this.#startCassandra()
    const { contactPoints, localDataCenter } = await this.#cassandra
    return { contactPoints, localDataCenter }
  }

  /** Stops what was started. */
  async dispose(): Promise<void> {
    const started = await Promise.allSettled([this.#kafka, this.#cassandra])
    const servers = started.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []))
    await Promise.all(servers.map((server) => server.dispose()))
  }

  async #startKafka(): Promise<KafkaServer> {
    const server = await startKafka({ ephemeral: true, report: this.#report })
    this.versions['Kafka'] = `${await kafkaVersion(server.provider)} (${server.provider})`
    await untilGroupsWork(server.brokers)
    return server
  }

  async #startCassandra(): Promise<CassandraServer> {
    // Cassandra's own default: with `group` an insert waits up to 15 ms for the disk, and all sides wait alike
    const server = await startCassandra({ ephemeral: true, commitLogSync: 'periodic', report: this.#report })
    const { contactPoints, localDataCenter } = server
    const version = await cassandraVersion({ contactPoints, localDataCenter })
    this.versions['Cassandra'] = `${version} (${server.provider}, commit log periodic)`
    return server
  }
}
