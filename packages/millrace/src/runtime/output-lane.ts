import type { CommittedOffset, TransactionalProducer, TransportConsumer, TransportProducer } from '../ports/index.ts'
import type { OutputBuffer } from './output-buffer.ts'

/**
 * What tasks write through and commit by. At least once: one lane for all tasks of a member. Exactly once: one for each
 * task, with a transactional producer of its own.
 */
export interface OutputLane {
  readonly outputs: OutputBuffer
  /** Whether outputs and offsets become visible together; then the outputs are sealed while a commit is under way. */
  readonly isTransactional: boolean
  /** After everything that the offsets cover is acknowledged. */
  commit(offsets: readonly CommittedOffset[], generation: number): Promise<void>
  close(): Promise<void>
}

export function sharedLane(
  outputs: OutputBuffer,
  producer: TransportProducer,
  consumer: () => TransportConsumer,
): OutputLane {
  return {
    outputs,
    isTransactional: false,
    commit: (offsets, generation) => consumer().commit(offsets, generation),
    close: () => producer.close(),
  }
}

/**
 * Whoever has the transactional id fences all earlier holders: a zombie cannot commit, whatever generation it believes
 * in (the first exactly-once design of Kafka Streams, KIP-129).
 */
export function transactionalLane(outputs: OutputBuffer, producer: TransactionalProducer, groupId: string): OutputLane {
  return {
    outputs,
    isTransactional: true,
    async commit(offsets) {
      await producer.sendOffsets(groupId, offsets)
      await producer.commit()
    },
    close: () => producer.close(),
  }
}
