import type { CompiledTopology, SubTopology } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { StoreSpec } from '../../plan/index.ts'
import type { StateStore } from '../../ports/index.ts'
import { partitionOf } from '../../serde/murmur2.ts'
import { taskId } from '../../task/index.ts'
import type { GroupInfo, GroupMemberInfo } from '../group-info.ts'
import type { TaskRunner } from '../task-runner.ts'
import { type QueryableStore, queryableStore } from './queryable-store.ts'

/** Where a key's state is. */
export interface KeyLocation {
  readonly partition: number
  readonly taskId: string
  /** Whether this process has it. */
  readonly isLocal: boolean
  /** What the owner gave as `run(…, { endpoint })`; undefined where it gave nothing, or nobody owns the task now. */
  readonly endpoint: string | undefined
  /** Endpoints of members with a warm copy. */
  readonly standbyEndpoints: readonly string[]
}

export interface QueryParts {
  readonly topology: CompiledTopology
  readonly partitionCounts: ReadonlyMap<string, number>
  runners(): readonly TaskRunner[]
  /** As of the last assignment. */
  group(): GroupInfo
  globalStores(): readonly StateStore[]
}

/** Interactive queries: reads of this process' state, and who has the rest. */
export class StoreQueries {
  readonly #parts: QueryParts

  constructor(parts: QueryParts) {
    this.#parts = parts
  }

  /** Throws STORE_UNKNOWN. */
  store<K, V>(name: string): QueryableStore<K, V> {
    const global = this.#parts.topology.globalTables.find((node) => node.store.name === name)
    if (global !== undefined) {
      const all = (): readonly StateStore[] => this.#parts.globalStores().filter((store) => store.name === name)
      return queryableStore(global.store, { ofKey: () => all()[0]!, all })
    }
    const { sub, spec } = this.#find(name)
    return queryableStore(spec, {
      ofKey: (key) => this.#local(name, taskId(sub, this.#partitionOf(sub, spec, key)), key),
      all: () =>
        this.#parts
          .runners()
          .filter(({ task }) => task.stores.has(name))
          .map((runner) => opened(runner, name)),
    })
  }

  /** Throws STORE_UNKNOWN. */
  locate(name: string, key: unknown): KeyLocation {
    const { sub, spec } = this.#find(name)
    const partition = this.#partitionOf(sub, spec, key)
    const id = taskId(sub, partition)
    const { members } = this.#parts.group()
    return {
      partition,
      taskId: id,
      isLocal: this.#parts.runners().some(({ task }) => task.id === id),
      endpoint: members.find(({ tasks }) => tasks.includes(id))?.endpoint,
      standbyEndpoints: members.filter(({ standbys }) => standbys.includes(id)).flatMap(endpointsOf),
    }
  }

  #find(name: string): { readonly sub: SubTopology; readonly spec: StoreSpec } {
    const { subTopologies, name: topologyName } = this.#parts.topology
    for (const sub of subTopologies) {
      const spec = sub.stores.find((store) => store.name === name)
      if (spec !== undefined) return { sub, spec }
    }
    const known = subTopologies.flatMap((sub) => sub.stores.map((store) => store.name))
    throw new StreamsError({
      code: 'STORE_UNKNOWN',
      what: `Topology '${topologyName}' has no store '${name}'`,
      hint: `It has ${known.join(', ') || 'none'}; a table has one when it is given a name: { store: 'name' }.`,
      storeName: name,
    })
  }

  /** As the default partitioner of producers does it: by the hash of the serialised key. */
  #partitionOf(sub: SubTopology, spec: StoreSpec, key: unknown): number {
    const count = Math.max(1, ...sub.sourceTopics.map((topic) => this.#parts.partitionCounts.get(topic) ?? 0))
    return partitionOf(spec.keySerde.serialize(key, spec.name) ?? Buffer.alloc(0), count)
  }

  #local(name: string, id: string, key: unknown): StateStore {
    const runner = this.#parts.runners().find(({ task }) => task.id === id)
    if (runner !== undefined) return opened(runner, name)
    const { endpoint } = this.locate(name, key)
    throw new StreamsError({
      code: 'STORE_ELSEWHERE',
      what: `The key's part of store '${name}' (task ${id}) is not in this process`,
      hint:
        endpoint === undefined
          ? 'Nobody has it at the moment, or its owner named no endpoint: run(…, { endpoint }).'
          : `Ask ${endpoint}; app.locate('${name}', key) tells it.`,
      retriable: endpoint === undefined,
      storeName: name,
      taskId: id,
    })
  }
}

function opened(runner: TaskRunner, name: string): StateStore {
  if (runner.isStarted) return runner.task.stores.get(name)!
  const { done, total } = runner.restore
  throw new StreamsError({
    code: 'STORE_RESTORING',
    what: `Store '${name}' of task ${runner.task.id} is being restored (${done} of ${total})`,
    hint: 'Try again; app.state$ tells when everything is restored.',
    retriable: true,
    storeName: name,
    taskId: runner.task.id,
  })
}

function endpointsOf({ endpoint }: GroupMemberInfo): readonly string[] {
  return endpoint === undefined ? [] : [endpoint]
}
