import { StreamsError } from '../../errors/index.ts'
import type {
  ConsumerListener,
  ConsumerOptions,
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
import { EmbeddedAdmin } from './embedded-admin.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import { EmbeddedConsumer } from './embedded-consumer.ts'
import { EmbeddedProducer } from './embedded-producer.ts'
import { EmbeddedReader } from './embedded-reader.ts'
import { EmbeddedTransactionalProducer } from './embedded-transactional-producer.ts'

/** A connection to an embedded server. Closing it closes its consumers and producers, not the server. */
export class EmbeddedTransport implements Transport {
  readonly kind: string = 'embedded'
  readonly admin: TransportAdmin
  readonly #broker: EmbeddedBroker
  readonly #consumers: TransportConsumer[] = []
  readonly #readers: TransportReader[] = []
  readonly #producers: { close(): Promise<void> }[] = []
  #state: 'created' | 'connected' | 'closed' = 'created'
  #closing: Promise<void> | null = null

  constructor(broker: EmbeddedBroker) {
    this.#broker = broker
    this.admin = new EmbeddedAdmin(broker, () => this.#checkOpen())
  }

  async connect(): Promise<void> {
    if (this.#closing) throw notOpen('closed')
    if (this.#broker.gate.isDown) {
      throw new StreamsError({
        code: 'TRANSPORT_UNREACHABLE',
        what: 'The embedded server is disconnected',
        hint: 'Call reconnect() of the server.',
        retriable: true,
        address: 'embedded',
      })
    }
    this.#state = 'connected'
  }

  consumer(options: ConsumerOptions, listener: ConsumerListener): TransportConsumer {
    this.#checkOpen()
    const consumer = new EmbeddedConsumer(this.#broker, options, listener)
    this.#consumers.push(consumer)
    return consumer
  }

  producer(options: ProducerOptions): TransportProducer {
    return this.#writing(new EmbeddedProducer(this.#broker, options))
  }

  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer {
    return this.#writing(new EmbeddedTransactionalProducer(this.#broker, options))
  }

  reader(options: ReaderOptions, listener: ReaderListener): TransportReader {
    this.#checkOpen()
    const reader = new EmbeddedReader(this.#broker, options, listener)
    this.#readers.push(reader)
    return reader
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // Consumers first: what they flush in onRevoking still needs producers.
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()))
    await Promise.all(this.#readers.map((reader) => reader.close()))
    await Promise.all(this.#producers.map((producer) => producer.close()))
    this.#state = 'closed'
  }

  #writing<T extends { close(): Promise<void> }>(producer: T): T {
    this.#checkOpen()
    this.#producers.push(producer)
    return producer
  }

  #checkOpen(): void {
    if (this.#state !== 'connected') throw notOpen(this.#state)
  }
}

function notOpen(state: 'created' | 'closed'): StreamsError {
  return state === 'closed'
    ? new StreamsError({
        code: 'TRANSPORT_CLOSED',
        what: 'A transport was used after it was closed',
        hint: 'Take a new one from the server.',
      })
    : new StreamsError({
        code: 'LIFECYCLE_INVALID',
        what: 'A transport was used before it was connected',
        hint: 'Await connect() first.',
      })
}
