import { StreamsError } from '../../errors/index.ts'
import type {
  Clock,
  ConsumerListener,
  ConsumerOptions,
  Logger,
  ProducerOptions,
  ReaderListener,
  ReaderOptions,
  TransactionalProducer,
  TransactionalProducerOptions,
  Transport,
  TransportAdmin,
  TransportConsumer,
  TransportProducer,
  TransportReader,
} from '../../ports/index.ts'
import { KafkajsAdmin } from './admin.ts'
import { connectWithin } from './connect.ts'
import { KafkajsConsumer } from './consumer.ts'
import { openCluster, type ClusterHandle, type DriverCluster } from './driver.ts'
import { resolveKafkaOptions, type KafkaOptions, type KafkaSettings } from './options.ts'
import { KafkajsProducer } from './producer.ts'
import { KafkajsReader } from './reader.ts'
import { KafkajsTransactionalProducer } from './transactional-producer.ts'

export type { KafkaOptions, KafkaSasl, KafkaTls } from './options.ts'

/** What the adapter gets from its app. */
export interface KafkajsServices {
  readonly clock: Clock
  readonly logger: Logger
}

/** A transport to a Kafka cluster, over kafkajs' connections. Throws OPTION_INVALID. */
export function createKafkajsTransport(options: KafkaOptions, services: KafkajsServices): Transport {
  return new KafkajsTransport(resolveKafkaOptions(options), services)
}

class KafkajsTransport implements Transport {
  readonly kind = 'kafka'
  readonly admin: TransportAdmin
  readonly #settings: KafkaSettings
  readonly #services: KafkajsServices
  readonly #consumers = new Set<TransportConsumer>()
  readonly #producers = new Set<TransportProducer>()
  readonly #transactional = new Set<KafkajsTransactionalProducer>()
  readonly #readers = new Set<KafkajsReader>()
  #handle: ClusterHandle | null = null
  #isConnected = false
  #closed: Promise<void> | null = null

  constructor(settings: KafkaSettings, services: KafkajsServices) {
    this.#settings = settings
    this.#services = services
    this.admin = new KafkajsAdmin(() => this.#cluster(), { settings, ...services })
  }

  async connect(): Promise<void> {
    if (this.#closed) throw notConnected()
    this.#handle ??= openCluster(this.#settings, this.#settings.clientId, this.#services.logger)
    await connectWithin(this.#handle.cluster, this.#settings, this.#services.clock)
    this.#isConnected = true
  }

  consumer(options: ConsumerOptions, listener: ConsumerListener): TransportConsumer {
    this.#cluster()
    const consumer = new KafkajsConsumer(options, listener, { settings: this.#settings, ...this.#services })
    this.#consumers.add(consumer)
    return consumer
  }

  producer(options: ProducerOptions): TransportProducer {
    this.#cluster()
    const producer = new KafkajsProducer(options, { settings: this.#settings, ...this.#services })
    this.#producers.add(producer)
    return producer
  }

  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer {
    this.#cluster()
    const services = { settings: this.#settings, ...this.#services }
    const producer = new KafkajsTransactionalProducer(options, services)
    for (const each of this.#transactional) if (each.isClosed) this.#transactional.delete(each)
    this.#transactional.add(producer)
    return producer
  }

  reader(options: ReaderOptions, listener: ReaderListener): TransportReader {
    this.#cluster()
    const reader = new KafkajsReader(options, listener, { settings: this.#settings, ...this.#services })
    for (const each of this.#readers) if (each.isClosed) this.#readers.delete(each)
    this.#readers.add(reader)
    return reader
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()))
    await Promise.all([...this.#readers].map((reader) => reader.close()))
    await Promise.all([...this.#producers, ...this.#transactional].map((producer) => producer.close()))
    await this.#handle?.close()
  }

  #cluster(): DriverCluster {
    if (!this.#handle || !this.#isConnected || this.#closed) throw notConnected()
    return this.#handle.cluster
  }
}

function notConnected(): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_CLOSED',
    what: 'The Kafka transport is not connected',
    hint: 'Call connect() first and nothing after close().',
  })
}
