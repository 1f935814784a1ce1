import type { StateStore } from 'millrace/ports'
import { BenchmarkError } from '../benchmark-error.ts'
import { warningsLogger } from '../warnings-logger.ts'
import type { Internals, StoreFactory, TaskHost } from './internals.ts'
import { PreparedRecords, type RecordPlan } from './prepared-records.ts'
import type { Workload } from './workloads.ts'

/** Records per delivered batch and topic. */
const batchRecords = 1_000
/** Records between two commits: stores give up their changes, as for a changelog, and write what they keep on disk. */
export const commitRecords = 100_000

/** One task of one sub-topology, without a runtime: what it is given goes through at once. */
export class BenchTask {
  readonly #task: InstanceType<Internals['Task']>
  readonly #factory: StoreFactory
  readonly #metrics: InstanceType<Internals['MetricsRegistry']>
  readonly #offsets = new Map<string, number>()
  readonly #checkpoints: ReadonlyMap<string, Buffer>
  outputs = 0
  /** Changes taken at commits. */
  changes = 0

  constructor(internals: Internals, { topology }: Workload, factory: StoreFactory) {
    this.#metrics = new internals.MetricsRegistry()
    this.#factory = factory
    const [sub, second] = internals.compile(topology.plan).subTopologies
    if (sub === undefined || second !== undefined) throw new BenchmarkError(`${topology.name} is no single task`)
    const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: 0 }))
    this.#task = new internals.Task(sub, 0, positions, { kind: 'fail' }, this.#host())
    const persistent = [...this.#task.stores.values()].filter((store) => store.isPersistent)
    this.#checkpoints = new Map(persistent.map(({ name }) => [name, Buffer.alloc(8)]))
  }

  /** Sends `count` records of each topic through, and commits as often as it is due. */
  run(plans: ReadonlyMap<string, RecordPlan>, count: number): void {
    const inputs = [...plans].map(([topic, plan]) => new PreparedRecords(topic, plan))
    const perTopic = commitRecords / inputs.length
    for (let done = 0; done < count; done += batchRecords) {
      const next = Math.min(batchRecords, count - done)
      for (const input of inputs) {
        const from = this.#offsets.get(input.topic) ?? 0
        this.#offsets.set(input.topic, from + next)
        this.#task.enqueue(input.batch(from, from + next))
      }
      while (this.#task.process(batchRecords) > 0);
      this.#task.complete()
      if ((done + next) % perTopic === 0) this.commit()
    }
    if (this.#task.waitingRecords > 0) throw new BenchmarkError(`${this.#task.waitingRecords} records wait`)
  }

  commit(): void {
    for (const store of this.#task.stores.values()) this.changes += store.takeChanges().length
    this.#factory.flush(this.#checkpoints)
  }

  get dropped(): number {
    return this.#metrics.total('records-dropped')
  }

  /** What the rows of a store add up to. */
  sumOf(name: string): number {
    const store = this.#task.stores.get(name) as (StateStore & { all(): Iterable<readonly unknown[]> }) | undefined
    let sum = 0
    for (const row of store?.all() ?? []) {
      const value = row.at(-1)
      sum += typeof value === 'number' ? value : (value as { readonly value: number }).value
    }
    return sum
  }

  close(): void {
    this.#task.abandon()
  }

  #host(): TaskHost {
    const refused = (what: string) => (): never => {
      throw new BenchmarkError(`${what} is not measured here`)
    }
    return {
      clock: { nowMs: () => Date.now(), schedule: refused('a timer'), yield: refused('a pause') },
      logger: warningsLogger,
      metrics: this.#metrics,
      lookup: refused('a lookup table'),
      output: () => {
        this.outputs++
      },
      partitionsOf: () => 1,
      sinkWriter: refused('a sink'),
      openStores: () => this.#factory,
      globalView: refused('a global table'),
      isTransactional: false,
      requestCommit: () => {},
    }
  }
}
