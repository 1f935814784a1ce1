import type { ProduceAck, ProduceBatch, Transport, TransportProducer } from '../../ports/index.ts'

/**
 * A broken order of commits, for the test that a simulation notices it: once a partition was written to, later sends are
 * acknowledged before they have reached the broker, and reach it `laterMs` later. So offsets go ahead of changelogs.
 */
export function withEarlyAcks(real: Transport, later: (work: () => void) => void): Transport {
  const others = {
    kind: real.kind,
    admin: real.admin,
    connect: () => real.connect(),
    consumer: (...args: Parameters<Transport['consumer']>) => real.consumer(...args),
    transactionalProducer: (...args: Parameters<Transport['transactionalProducer']>) =>
      real.transactionalProducer(...args),
    reader: (...args: Parameters<Transport['reader']>) => real.reader(...args),
    close: () => real.close(),
  }
  return { ...others, producer: (options) => new EarlyProducer(real.producer(options), later) }
}

class EarlyProducer implements TransportProducer {
  readonly #real: TransportProducer
  readonly #later: (work: () => void) => void
  readonly #ends = new Map<string, number>()

  constructor(real: TransportProducer, later: (work: () => void) => void) {
    this.#real = real
    this.#later = later
  }

  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    const isKnown = batches.every((batch) => this.#ends.has(nameOf(batch)))
    if (!isKnown) return this.#remember(await this.#real.send(batches))
    this.#later(() => {
      this.#real.send(batches).catch(() => {})
    })
    return this.#remember(
      batches.map(({ topic, partition, records }) => {
        const baseOffset = this.#ends.get(nameOf({ topic, partition }))!
        return { topic, partition, baseOffset, count: records.length }
      }),
    )
  }

  close(): Promise<void> {
    return this.#real.close()
  }

  #remember(acks: readonly ProduceAck[]): readonly ProduceAck[] {
    for (const ack of acks) this.#ends.set(nameOf(ack), ack.baseOffset + ack.count)
    return acks
  }
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`
}
