import type { CommittedOffset, ProduceAck, ProduceBatch, TransactionalProducer } from '../ports/index.ts'

/** What the scripted transport does for a transaction. */
export interface TransactionScript {
  /** Awaited before the step has its effect. */
  step(step: 'init' | 'commit' | 'abort'): Promise<void>
  send(batches: readonly ProduceBatch[]): Promise<void>
  committed(batches: readonly ProduceBatch[], offsets: readonly CommittedOffset[]): void
}

/** Gathers what it is sent and hands it to the script at commit. */
export class ScriptedTransaction implements TransactionalProducer {
  readonly #script: TransactionScript
  #batches: ProduceBatch[] = []
  #offsets: CommittedOffset[] = []

  constructor(script: TransactionScript) {
    this.#script = script
  }

  init(): Promise<void> {
    return this.#script.step('init')
  }

  async send(batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> {
    await this.#script.send(batches)
    this.#batches.push(...batches)
    return batches.map(({ topic, partition, records }) => ({ topic, partition, baseOffset: 0, count: records.length }))
  }

  async sendOffsets(_groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    this.#offsets.push(...offsets)
  }

  async commit(): Promise<void> {
    await this.#script.step('commit')
    this.#script.committed(this.#batches, this.#offsets)
    this.#clear()
  }

  async abort(): Promise<void> {
    await this.#script.step('abort')
    this.#clear()
  }

  async close(): Promise<void> {
    this.#clear()
  }

  #clear(): void {
    this.#batches = []
    this.#offsets = []
  }
}
