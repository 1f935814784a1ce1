import type { StreamsError } from '../../errors/index.ts'
import type { Logger, TopicPartition } from '../../ports/index.ts'
import type { DriverCluster } from './driver.ts'
import { failureType } from './kafka-failure.ts'
import type { ProduceAnswer } from './produce-request.ts'
import type { BatchIdentity } from './record-batch-encoder.ts'

/** Under which producer id, epoch and sequence numbers batches are written. */
export interface WriterIdentity {
  /** Null outside of transactions. */
  readonly transactionalId: string | null
  /** Rises with every new identity: batches that were encoded under an older one are void. */
  readonly epoch: number
  /** Called before batches are written to these partitions. */
  ready(partitions: readonly TopicPartition[]): Promise<void>
  /** The identity of the next batch of a partition; the same until `advance`. */
  next(partition: string): BatchIdentity
  /** The batch is written. */
  advance(partition: string, count: number): void
  /** The broker does not accept the identity. Null: go on under a new one. */
  lost(answer: ProduceAnswer): StreamsError | null
}

const anonymous: BatchIdentity = { producerId: -1, producerEpoch: -1, sequence: -1 }
/** Sequence numbers begin anew after so many records. */
export const sequences: number = 2 ** 31
const transactionTimeoutMs = 60_000

/** The producer id that a broker gave out, and the next sequence number of each partition. */
export class ProducerIdentity implements WriterIdentity {
  readonly transactionalId: null = null
  readonly #cluster: DriverCluster
  readonly #logger: Logger
  readonly #next = new Map<string, number>()
  #given: { readonly producerId: number; readonly producerEpoch: number } | null = null
  #isAnonymous = false
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

  next(partition: string): BatchIdentity {
    if (!this.#given) return anonymous
    return { ...this.#given, sequence: this.#next.get(partition) ?? 0 }
  }

  advance(partition: string, count: number): void {
    this.#next.set(partition, ((this.#next.get(partition) ?? 0) + count) % sequences)
  }

  lost(): null {
    if (this.#given) {
      this.#given = null
      this.#next.clear()
      this.epoch++
    }
    return null
  }
}
