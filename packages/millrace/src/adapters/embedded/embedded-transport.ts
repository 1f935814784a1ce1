import { StreamsError } from '../../errors/index.ts'
import type {
  ConsumerListener,
  ConsumerOptions,
  ProducerOptions,
  Transport,
  TransportAdmin,
  TransportConsumer,
  TransportProducer,
} from '../../ports/index.ts'
import { EmbeddedAdmin } from './embedded-admin.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import { EmbeddedConsumer } from './embedded-consumer.ts'
import { EmbeddedProducer } from './embedded-producer.ts'

/** A connection to an embedded server. Closing it closes its consumers and producers, not the server. */
export class EmbeddedTransport implements Transport {
  readonly kind: string = 'embedded'
  readonly admin: TransportAdmin
  readonly #broker: EmbeddedBroker
  readonly #consumers: TransportConsumer[] = []
  readonly #producers: TransportProducer[] = []
  #state: 'created' | 'connected' | 'closed' = 'created'
  #closing: Promise<void> | null = null

  constructor(broker: EmbeddedBroker) {
    this.#broker = broker
    this.admin = new EmbeddedAdmin(broker, () => this.#checkOpen())
  }

  async connect(): Promise<void> {
    if (this.#closing) throw notOpen('closed')
    if (this.#broker.isDown) {
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

  producer(_options: ProducerOptions): TransportProducer {
    this.#checkOpen()
    const producer = new EmbeddedProducer(this.#broker)
    this.#producers.push(producer)
    return producer
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // Consumers first: what they flush in onRevoking still needs producers.
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()))
    await Promise.all(this.#producers.map((producer) => producer.close()))
    this.#state = 'closed'
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
