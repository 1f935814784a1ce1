import { StreamsError } from '../errors/index.ts'
import type { TransactionalProducer, Transport } from '../ports/index.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { type OutputLane, transactionalLane } from './output-lane.ts'

/** The lanes of one member's tasks. */
export interface Lanes {
  of(taskId: string): OutputLane
  /** Makes lanes for tasks that are about to be opened; what earlier owners left open is ended. Gives whether any was made. */
  open(taskIds: readonly string[]): Promise<boolean>
  /** The task is gone; what its lane has not committed is given up. */
  close(taskId: string): void
  closeAll(): Promise<void>
}

/** At least once: all tasks share one. */
export function sharedLanes(lane: OutputLane): Lanes {
  return {
    of: () => lane,
    open: () => Promise.resolve(false),
    close: () => {},
    closeAll: () => lane.close(),
  }
}

export interface TransactionalLaneParts {
  readonly transport: Transport
  readonly applicationId: string
  readonly createOutputs: (producer: Pick<TransactionalProducer, 'send'>) => OutputBuffer
}

/** Exactly once: one for each task, with a producer whose id outlives restarts. */
export class TransactionalLanes implements Lanes {
  readonly #parts: TransactionalLaneParts
  readonly #lanes = new Map<string, OutputLane>()
  readonly #closing = new Map<string, Promise<void>>()

  constructor(parts: TransactionalLaneParts) {
    this.#parts = parts
  }

  of(taskId: string): OutputLane {
    return this.#lanes.get(taskId)!
  }

  async open(taskIds: readonly string[]): Promise<boolean> {
    await Promise.all(taskIds.map((id) => this.#openOne(id)))
    return taskIds.length > 0
  }

  close(taskId: string): void {
    const lane = this.#lanes.get(taskId)
    if (lane === undefined) return
    this.#lanes.delete(taskId)
    // aborting what is open is best effort: the next holder of the id ends it in any case
    const closing = lane
      .close()
      .catch(() => {})
      .finally(() => {
        if (this.#closing.get(taskId) === closing) this.#closing.delete(taskId)
      })
    this.#closing.set(taskId, closing)
  }

  async closeAll(): Promise<void> {
    for (const id of this.#lanes.keys()) this.close(id)
    await Promise.all(this.#closing.values())
  }

  async #openOne(taskId: string): Promise<void> {
    await this.#closing.get(taskId)
    const { transport, applicationId, createOutputs } = this.#parts
    const clientId = `${applicationId}-${taskId}`
    const producer = abandonable(transport.transactionalProducer({ clientId, transactionalId: clientId }))
    await producer.init()
    this.#lanes.set(taskId, transactionalLane(createOutputs(producer), producer, applicationId))
  }
}

/** Once it is closed, what is still under way, or comes later, fails as what an overtaken member does: nobody's failure. */
function abandonable(real: TransactionalProducer): TransactionalProducer {
  let isClosed = false
  const unlessClosed = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (thrown) {
      throw isClosed ? taskGone(thrown) : thrown
    }
  }
  return {
    init: () => unlessClosed(() => real.init()),
    send: (batches) => unlessClosed(() => real.send(batches)),
    sendOffsets: (groupId, offsets) => unlessClosed(() => real.sendOffsets(groupId, offsets)),
    commit: () => unlessClosed(() => real.commit()),
    abort: () => unlessClosed(() => real.abort()),
    close: () => {
      isClosed = true
      return real.close()
    },
  }
}

function taskGone(cause: unknown): StreamsError {
  return new StreamsError({
    code: 'GENERATION_LOST',
    what: 'The task was given up while it still wrote',
    hint: 'Nothing of it was committed: whoever owns it now reads on from the last commit.',
    cause,
  })
}
