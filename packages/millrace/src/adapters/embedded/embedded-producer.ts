import { messageOf, StreamsError } from '../../errors/index.ts'
import type { ProduceAck, ProduceBatch, TransportProducer } from '../../ports/index.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import type { PartitionLog } from './partition-log.ts'

/** After so many records a send lets everything else run, so that a loop of sends does not starve its consumers. */
const yieldEveryRecords = 1_024

/** Appends to the logs of the server. Buffers are kept, not copied: do not write to them after `send`. */
export class EmbeddedProducer implements TransportProducer {
  readonly #broker: EmbeddedBroker
  #isClosed = false
  #recordsInTurn = 0

  constructor(broker: EmbeddedBroker) {
    this.#broker = broker
  }

  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    if (this.#isClosed) throw closed()
    if (this.#broker.isDown) await this.#broker.reached(() => produceFailed('the embedded server is disconnected'))
    const logs = batches.map((batch) => this.#logOf(batch))
    const acks = batches.map(({ topic, partition, records }, index) => {
      this.#recordsInTurn += records.length
      return { topic, partition, baseOffset: logs[index]?.append(records) ?? -1, count: records.length }
    })
    if (this.#recordsInTurn >= yieldEveryRecords) {
      this.#recordsInTurn = 0
      await this.#broker.settings.clock.yield()
    }
    return acks
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #logOf({ topic, partition }: ProduceBatch): PartitionLog {
    try {
      this.#broker.usedTopic(topic)
      return this.#broker.partition({ topic, partition })
    } catch (thrown) {
      throw produceFailed(messageOf(thrown), thrown)
    }
  }
}

function produceFailed(why: string, cause?: unknown): StreamsError {
  return new StreamsError({
    code: 'PRODUCE_FAILED',
    what: `Records cannot be written: ${why.replace(/\.$/, '')}`,
    hint: 'Nothing was written: mend the cause and send again.',
    cause,
  })
}

function closed(): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_CLOSED',
    what: 'A producer was used after it was closed',
    hint: 'Send before close().',
  })
}
