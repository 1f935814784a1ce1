import type { ProduceAck, ProduceBatch, ProducerOptions, TransportProducer } from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { openCluster, type ClusterHandle } from './driver.ts'
import { ProducerIdentity } from './producer-identity.ts'
import { RecordWriter } from './record-writer.ts'

/**
 * Writes outside of transactions, idempotently. When the broker no longer knows the producer, a new identity is asked
 * for and the batch written again: then, and only then, may records be doubled.
 */
export class KafkajsProducer implements TransportProducer {
  readonly #handle: ClusterHandle
  readonly #writer: RecordWriter

  constructor(options: ProducerOptions, services: AdapterServices) {
    const { clientId, compression = 'none' } = options
    const logger = services.logger.child({ clientId })
    this.#handle = openCluster(services.settings, clientId, logger)
    const { cluster } = this.#handle
    const identity = new ProducerIdentity(cluster, logger)
    this.#writer = new RecordWriter({ ...services, logger, cluster, identity, compression })
  }

  send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    return this.#writer.send(batches)
  }

  async close(): Promise<void> {
    this.#writer.close()
    await this.#handle.close()
  }
}
