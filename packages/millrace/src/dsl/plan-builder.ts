import { StreamsError } from '../errors/index.ts'
import {
  callSite,
  checkName,
  pathId,
  type NodeFields,
  type Optimization,
  type Plan,
  type Policy,
  type StoreSpec,
} from '../plan/index.ts'
import type { NewNode } from './handle.ts'

/** Collects nodes while a topology is defined, append-only, until it is frozen into a plan. */
export class PlanBuilder {
  readonly #name: string
  readonly #nodes: Plan['nodes'][number][] = []
  readonly #stores: StoreSpec[] = []
  readonly #ids = new Set<string>()
  /** Where the path of an operation continues that stands below a hidden one. */
  readonly #paths = new Map<string, string>()
  #frozen = false

  constructor(name: string) {
    checkName(name, 'Topology name', callSite())
    this.#name = name
  }

  /** Adds an operation and gives its id. `operation` is the last part of its path unless `name` is given. */
  add(node: NewNode, parents: readonly string[], operation: string, name?: string): string {
    return this.#append(node, parents, this.idFor(operation, parents[0], name))
  }

  /** Adds an operation that does not show in the paths of those below it. `id` is made unique. */
  addUnder(node: NewNode, parent: string, id: string): string {
    const added = this.#append(node, [parent], pathId(undefined, id, this.#ids))
    this.#paths.set(added, this.#paths.get(parent) ?? parent)
    return added
  }

  /** Adds a store for processors. Throws NAME_TAKEN. */
  addStore(spec: StoreSpec): void {
    checkName(spec.name, 'Store', callSite())
    if (this.#stores.some((store) => store.name === spec.name)) throw this.#taken(spec.name, callSite())
    this.#stores.push(Object.freeze(spec))
  }

  /** The id that an operation would get. Throws NAME_INVALID or NAME_TAKEN for a name that the user gave. */
  idFor(operation: string, parent: string | undefined, name?: string): string {
    if (name === undefined) {
      return pathId(parent === undefined ? undefined : (this.#paths.get(parent) ?? parent), operation, this.#ids)
    }
    const site = callSite()
    checkName(name, 'Name', site)
    if (this.#ids.has(name)) throw this.#taken(name, site)
    return name
  }

  /** The id that an operation would get, which no other gets any more. */
  reserve(operation: string, parent: string): string {
    const id = this.idFor(operation, parent)
    this.#ids.add(id)
    return id
  }

  /** The finished plan; nothing can be added afterwards. */
  freeze(onProcessError: Policy, optimizations: readonly Optimization[]): Plan {
    this.#frozen = true
    return Object.freeze({
      name: this.#name,
      nodes: Object.freeze([...this.#nodes]),
      stores: Object.freeze([...this.#stores]),
      optimizations,
      onProcessError,
    })
  }

  #append(node: NewNode, parents: readonly string[], id: string): string {
    const site = callSite()
    if (this.#frozen) {
      throw new StreamsError({
        code: 'TOPOLOGY_INVALID',
        what: `Cannot add '${id}' to topology '${this.#name}': it is already defined`,
        hint: 'Call operations only inside the function given to topology().',
        callSite: site,
      })
    }
    this.#ids.add(id)
    const fields: NodeFields = {
      id,
      parents: Object.freeze([...parents]),
      ...(site === undefined ? {} : { callSite: site }),
    }
    this.#nodes.push(Object.freeze({ ...node, ...fields }) as Plan['nodes'][number])
    return id
  }

  #taken(name: string, site: string | undefined): StreamsError {
    return new StreamsError({
      code: 'NAME_TAKEN',
      what: `Two operations or stores of topology '${this.#name}' are named '${name}'`,
      hint: 'Give one of them another name.',
      callSite: site,
    })
  }
}
