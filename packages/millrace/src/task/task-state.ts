import type { SubTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { StoreSpec } from '../plan/index.ts'
import type { StateStore } from '../ports/index.ts'
import type { TableView, TaskServices } from '../processors/index.ts'
import type { StoreFactory, StoreOf } from '../state/index.ts'
import type { TaskHost } from './task-host.ts'

/** The stores of one task, and the views of its tables. */
export class TaskState {
  readonly #specs: ReadonlyMap<string, StoreSpec>
  readonly factory: StoreFactory
  readonly #host: TaskHost
  readonly #stores = new Map<string, StateStore>()
  readonly #views = new Map<string, TableView>()

  constructor(sub: SubTopology, taskId: string, host: TaskHost) {
    this.#specs = new Map(sub.stores.map((spec) => [spec.name, spec]))
    this.factory = host.openStores(taskId)
    this.#host = host
  }

  readonly services: Pick<TaskServices, 'store' | 'storeNamed' | 'provideView' | 'view'> = {
    store: <Spec extends StoreSpec>(spec: Spec) => this.#open(spec),
    storeNamed: (name) => this.#open(this.#specOf(name)),
    provideView: (node, view) => {
      this.#views.set(node, view)
    },
    view: (node) => lazyView(() => this.#views.get(node) ?? this.#host.globalView(node)),
  }

  /** Every store that is open, by name. */
  get stores(): ReadonlyMap<string, StateStore> {
    return this.#stores
  }

  /** Opens what no operation has opened by itself. */
  openAll(): void {
    for (const spec of this.#specs.values()) this.#open(spec)
  }

  close(): void {
    for (const store of this.#stores.values()) store.close()
    this.factory.close()
  }

  #open<Spec extends StoreSpec>(spec: Spec): StoreOf<Spec> {
    let store = this.#stores.get(spec.name)
    if (store === undefined) {
      store = this.factory.open(spec) as StateStore
      this.#stores.set(spec.name, store)
    }
    return store as StoreOf<Spec>
  }

  #specOf(name: string): StoreSpec {
    const spec = this.#specs.get(name)
    if (spec !== undefined) return spec
    throw new StreamsError({
      code: 'TOPOLOGY_INVALID',
      what: `No store '${name}' belongs to this task`,
      hint: 'Make it with t.store() and name it in the options of process().',
      storeName: name,
    })
  }
}

/** Parents are built after their children: the view is found at the first look-up. */
function lazyView(find: () => TableView): TableView {
  let found: TableView | undefined
  const view = (): TableView => (found ??= find())
  return {
    get: (key) => view().get(key),
    getAsOf: (key, asOf) => view().getAsOf?.(key, asOf) ?? undefined,
    get isVersioned() {
      return view().isVersioned
    },
    get rows() {
      return view().rows
    },
  }
}
