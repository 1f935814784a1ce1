import type {
  Assignment,
  ConsumerListener,
  ConsumerOptions,
  PartitionOffset,
  RecordBatch,
  ReaderListener,
  ReaderOptions,
  Transport,
  TransportAdmin,
  TransportConsumer,
  TransportProducer,
  TransactionalProducer,
  TransactionalProducerOptions,
  ProducerOptions,
  TransportReader,
} from '../../ports/index.ts'
import type { Life } from './life.ts'

/** The transport of a process that may die: see `Life`. */
export class MortalTransport implements Transport {
  readonly kind: string
  readonly admin: TransportAdmin
  readonly #real: Transport
  readonly #life: Life
  /** As the group knows it, since its last assignment. */
  memberId: string | undefined
  readonly #consumers: TransportConsumer[] = []
  readonly #readers: TransportReader[] = []

  constructor(real: Transport, life: Life) {
    this.kind = real.kind
    this.#real = real
    this.#life = life
    this.admin = mortalAdmin(real.admin, life)
  }

  connect(): Promise<void> {
    return this.#life.through('connect', () => this.#real.connect())
  }

  consumer(options: ConsumerOptions, listener: ConsumerListener): TransportConsumer {
    const life = this.#life
    const calls = new Set<Promise<unknown>>()
    const told: ConsumerListener = {
      onAssigned: (assignment) => {
        this.memberId = assignment.memberId
        return listener.onAssigned(assignment)
      },
      onBatch: (batch, generation) => listener.onBatch(batch, generation),
      onRevoking: (generation) => listener.onRevoking(generation),
      onFailed: (error) => listener.onFailed(error),
    }
    const real = this.#real.consumer(options, mortalListener(told, life, calls))
    this.#consumers.push(real)
    const unwound = async (): Promise<void> => void (await Promise.allSettled(calls))
    return {
      start: () => life.through('join', () => real.start()),
      stop: () => (life.isOver ? unwound() : life.through('leave', () => real.stop())),
      pause: (partitions) => real.pause(partitions),
      resume: (partitions) => real.resume(partitions),
      commit: (offsets, generation) => life.through('commit', () => real.commit(offsets, generation)),
      committed: (partitions) => life.through('committed', () => real.committed(partitions)),
    }
  }

  producer(options: ProducerOptions): TransportProducer {
    const life = this.#life
    const real = this.#real.producer(options)
    return {
      send: (batches) => life.through('send', () => real.send(batches)),
      close: () => (life.isOver ? Promise.resolve() : real.close()),
    }
  }

  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer {
    const life = this.#life
    const real = this.#real.transactionalProducer(options)
    return {
      init: () => life.through('init', () => real.init()),
      send: (batches) => life.through('send', () => real.send(batches)),
      sendOffsets: (groupId, offsets) => life.through('send offsets', () => real.sendOffsets(groupId, offsets)),
      commit: () => life.through('end transaction', () => real.commit()),
      abort: () => life.through('abort', () => real.abort()),
      close: () => (life.isOver ? Promise.resolve() : real.close()),
    }
  }

  reader(options: ReaderOptions, listener: ReaderListener): TransportReader {
    const life = this.#life
    const real = this.#real.reader(options, {
      onBatch: (batch) => (life.isOver ? undefined : listener.onBatch(batch)),
      onFailed: (error, partition) => (life.isOver ? undefined : listener.onFailed(error, partition)),
    })
    this.#readers.push(real)
    return {
      add: (partitions) => (life.isOver ? undefined : real.add(partitions)),
      remove: (partitions) => real.remove(partitions),
      close: () => real.close(),
    }
  }

  close(): Promise<void> {
    return this.#life.isOver ? Promise.resolve() : this.#real.close()
  }

  /** The group has noticed that the process is dead. Transactions stay open, as it is nobody who could end them. */
  async bury(): Promise<void> {
    this.#life.evict()
    await Promise.all(this.#readers.map((reader) => reader.close()))
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()))
  }
}

function mortalAdmin(real: TransportAdmin, life: Life): TransportAdmin {
  return {
    partitionCounts: (topics) => life.through('partition counts', () => real.partitionCounts(topics)),
    listTopics: () => life.through('list topics', () => real.listTopics()),
    createTopics: (topics) => life.through('create topics', () => real.createTopics(topics)),
    offsets: (partitions, at) => life.through('offsets', () => real.offsets(partitions, at)),
    stableOffsets: (partitions) => life.through('stable offsets', () => real.stableOffsets(partitions)),
    deleteRecords: (below) => life.through('delete records', () => real.deleteRecords(below)),
    committed: (groupId, partitions) => life.through('committed', () => real.committed(groupId, partitions)),
  }
}

/** A dead member keeps its group waiting until its session is over. `calls`: what the listener has not answered yet. */
function mortalListener(listener: ConsumerListener, life: Life, calls: Set<Promise<unknown>>): ConsumerListener {
  const called = <T>(call: Promise<T>): Promise<T> => {
    calls.add(call)
    const forget = (): void => void calls.delete(call)
    call.then(forget, forget)
    return untilDeath(call, life)
  }
  return {
    onAssigned: async (assignment: Assignment): Promise<readonly PartitionOffset[]> => {
      const nothing = life.evicted.then((): readonly PartitionOffset[] => [])
      if (life.isOver) return nothing
      return Promise.race([called(listener.onAssigned(assignment)), nothing])
    },
    onBatch: (batch: RecordBatch, generation: number): void => {
      if (!life.isOver) listener.onBatch(batch, generation)
    },
    onRevoking: async (generation: number): Promise<void> => {
      if (life.isOver) return life.evicted
      return Promise.race([called(listener.onRevoking(generation)), life.evicted])
    },
    onFailed: (error) => {
      if (!life.isOver) listener.onFailed(error)
    },
  }
}

/** Settles as the promise does, but never once the process is dead. */
function untilDeath<T>(promise: Promise<T>, life: Life): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(
      (result) => (life.isOver ? undefined : resolve(result)),
      (thrown: unknown) => (life.isOver ? undefined : reject(thrown as Error)),
    )
  })
}
