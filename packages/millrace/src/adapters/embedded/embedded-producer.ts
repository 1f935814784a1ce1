import { messageOf, StreamsError } from '../../errors/index.ts'
import type { ProduceAck, ProduceBatch, ProducerOptions, TransportProducer } from '../../ports/index.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import type { PartitionLog } from './partition-log.ts'

/** After so many records a send lets everything else run, so that a loop of sends does not starve its consumers. */
const yieldEveryRecords = 1_024

/** Appends to the logs of the server. Buffers are kept, not copied: do not write to them after `send`. */
export class EmbeddedProducer implements TransportProducer {
  readonly #broker: EmbeddedBroker
  readonly #clientId: string
  #isClosed = false
  #recordsInTurn = 0

  constructor(broker: EmbeddedBroker, { clientId }: ProducerOptions) {
    this.#broker = broker
    this.#clientId = clientId
  }

  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    if (this.#isClosed) throw producerClosed()
    const request = { kind: 'produce', clientId: this.#clientId, partitions: batches } as const
    const acks = await this.#broker.gate.pass(request, () => this.#append(batches), produceFailed)
    if (this.#recordsInTurn >= yieldEveryRecords) {
      this.#recordsInTurn = 0
      await this.#broker.settings.clock.yield()
    }
    return acks
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #append(batches: readonly ProduceBatch[]): readonly ProduceAck[] {
    const logs = logsOf(this.#broker, batches)
    return batches.map(({ topic, partition, records }, index) => {
      this.#recordsInTurn += records.length
      return { topic, partition, baseOffset: logs[index]!.append(records), count: records.length }
    })
  }
}

/** The log of each batch. Throws PRODUCE_FAILED where one cannot be written: then write none. */
export function logsOf(broker: EmbeddedBroker, batches: readonly ProduceBatch[]): readonly PartitionLog[] {
  try {
    return batches.map(({ topic, partition, records }) => {
      if (broker.usedTopic(topic).isCompacted && records.some(({ key }) => key === null)) throw keyMissing(topic)
      return broker.partition({ topic, partition })
    })
  } catch (thrown) {
    throw produceFailed(messageOf(thrown), false, thrown)
  }
}

export function produceFailed(why: string, retriable: boolean, cause?: unknown): StreamsError {
  return new StreamsError({
    code: 'PRODUCE_FAILED',
    what: `Records cannot be written: ${why.replace(/\.$/, '')}`,
    hint: 'Mend the cause and send again.',
    retriable,
    cause,
  })
}

export function producerClosed(): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_CLOSED',
    what: 'A producer was used after it was closed',
    hint: 'Send before close().',
  })
}

function keyMissing(topic: string): StreamsError {
  return new StreamsError({
    code: 'PRODUCE_FAILED',
    what: 'A record of a compacted topic has no key',
    hint: 'Give it one; Kafka refuses it too.',
    topic,
  })
}
