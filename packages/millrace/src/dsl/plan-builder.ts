import { StreamsError } from '../errors/index.ts'
import { callSite, checkName, pathId, type NodeFields, type Plan, type PlanNode, type Policy } from '../plan/index.ts'

type WithoutNodeFields<Node> = Node extends unknown ? Omit<Node, keyof NodeFields> : never
type NewNode = WithoutNodeFields<PlanNode>

/** Collects nodes while a topology is defined, append-only, until it is frozen into a plan. */
export class PlanBuilder {
  readonly #name: string
  readonly #nodes: PlanNode[] = []
  readonly #ids = new Set<string>()
  #frozen = false

  constructor(name: string) {
    checkName(name, 'Topology name', callSite())
    this.#name = name
  }

  /** Adds an operation and gives its id. `operation` is the last part of its path unless `name` is given. */
  add(node: NewNode, parents: readonly string[], operation: string, name?: string): string {
    const site = callSite()
    if (this.#frozen) {
      throw new StreamsError({
        code: 'TOPOLOGY_INVALID',
        what: `Cannot add '${operation}' to topology '${this.#name}': it is already defined`,
        hint: 'Call operations only inside the function given to topology().',
        callSite: site,
      })
    }
    const id = name === undefined ? pathId(parents[0], operation, this.#ids) : this.#named(name, site)
    this.#ids.add(id)
    const fields: NodeFields = {
      id,
      parents: Object.freeze([...parents]),
      ...(site === undefined ? {} : { callSite: site }),
    }
    this.#nodes.push(Object.freeze({ ...node, ...fields }) as PlanNode)
    return id
  }

  /** The finished plan; nothing can be added afterwards. */
  freeze(onProcessError: Policy): Plan {
    this.#frozen = true
    return Object.freeze({ name: this.#name, nodes: Object.freeze([...this.#nodes]), onProcessError })
  }

  #named(name: string, site: string | undefined): string {
    checkName(name, 'Name', site)
    if (this.#ids.has(name)) {
      throw new StreamsError({
        code: 'NAME_TAKEN',
        what: `Two operations of topology '${this.#name}' are named '${name}'`,
        hint: 'Give one of them another name.',
        callSite: site,
      })
    }
    return name
  }
}
