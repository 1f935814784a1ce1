import type { Logger } from '../../ports/index.ts'
import type { DriverCluster } from './driver.ts'
import { failureType } from './kafka-failure.ts'
import type { BatchIdentity } from './record-batch-encoder.ts'

const anonymous: BatchIdentity = { producerId: -1, producerEpoch: -1, sequence: -1 }
const sequences = 2 ** 31
const transactionTimeoutMs = 60_000

/** The producer id that a broker gave out, and the next sequence number of each partition. */
export class ProducerIdentity {
  readonly #cluster: DriverCluster
  readonly #logger: Logger
  readonly #next = new Map<string, number>()
  #given: { readonly producerId: number; readonly producerEpoch: number } | null = null
  #isAnonymous = false
  /** Rises with every new identity: batches that were encoded under an older one are void. */
  epoch = 0

  constructor(cluster: DriverCluster, logger: Logger) {
    this.#cluster = cluster
    this.#logger = logger
  }

  /** Asks for an identity unless there is one. */
  async ready(): Promise<void> {
    if (this.#given || this.#isAnonymous) return
    try {
      const broker = await this.#cluster.brokerPool.findConnectedBroker()
      const given = await broker.initProducerId({ transactionalId: null, transactionTimeout: transactionTimeoutMs })
      this.#given = { producerId: Number(given.producerId), producerEpoch: given.producerEpoch }
    } catch (thrown) {
      if (failureType(thrown) !== 'CLUSTER_AUTHORIZATION_FAILED') throw thrown
      this.#isAnonymous = true
      this.#logger.warn({}, 'This client may not write idempotently: a lost acknowledgement can double records')
    }
  }

  /** The identity of the next batch of a partition; the same until `advance`. */
  next(partition: string): BatchIdentity {
    if (!this.#given) return anonymous
    return { ...this.#given, sequence: this.#next.get(partition) ?? 0 }
  }

  /** The batch is written. */
  advance(partition: string, count: number): void {
    this.#next.set(partition, ((this.#next.get(partition) ?? 0) + count) % sequences)
  }

  renew(): void {
    if (!this.#given) return
    this.#given = null
    this.#next.clear()
    this.epoch++
  }
}
