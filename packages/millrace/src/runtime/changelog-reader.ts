import type { StreamsError } from '../errors/index.ts'
import type { RecordBatch, TopicPartition, Transport, TransportReader } from '../ports/index.ts'

type OnBatch = (batch: RecordBatch) => Promise<void> | void

interface Reading {
  readonly onBatch: OnBatch
  readonly onFailed: (error: StreamsError) => void
}

/** Reads changelogs and other topics of this app apart from its consumer group; one connection for all of them. */
export class ChangelogReader {
  readonly #transport: Transport
  readonly #clientId: string
  readonly #readings = new Map<string, Reading>()
  #reader: TransportReader | undefined

  constructor(transport: Transport, clientId: string) {
    this.#transport = transport
    this.#clientId = clientId
  }

  /** Hands over the batches of `[from, to)` in order, the last one perhaps reaching beyond; resolves at `to`. */
  read(partition: TopicPartition, from: number, to: number, signal: AbortSignal, onBatch: OnBatch): Promise<void> {
    if (from >= to || signal.aborted) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const end = this.follow(
        partition,
        from,
        async (batch) => {
          await onBatch(batch)
          if (batch.nextOffset >= to) finish(resolve)
        },
        (error) => finish(() => reject(error)),
      )
      const onAbort = (): void => finish(resolve)
      const finish = (settle: () => void): void => {
        end()
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      signal.addEventListener('abort', onAbort)
    })
  }

  /** Hands over every batch from `from` on, until the result is called. */
  follow(partition: TopicPartition, from: number, onBatch: OnBatch, onFailed: Reading['onFailed']): () => void {
    const name = nameOf(partition)
    const reading = { onBatch, onFailed }
    this.#readings.set(name, reading)
    this.#open().add([{ topic: partition.topic, partition: partition.partition, offset: from }])
    return () => {
      if (this.#readings.get(name) !== reading) return
      this.#readings.delete(name)
      this.#reader?.remove([partition])
    }
  }

  async close(): Promise<void> {
    this.#readings.clear()
    await this.#reader?.close()
  }

  #open(): TransportReader {
    this.#reader ??= this.#transport.reader(
      { clientId: this.#clientId, isolation: 'read_committed' },
      {
        onBatch: (batch) => this.#readings.get(nameOf(batch))?.onBatch(batch),
        onFailed: (error, partition) => {
          const reading = this.#readings.get(nameOf(partition))
          this.#readings.delete(nameOf(partition))
          reading?.onFailed(error)
        },
      },
    )
    return this.#reader
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`
}
