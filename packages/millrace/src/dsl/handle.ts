import { StreamsError } from '../errors/index.ts'
import { callSite, type NodeFields, type PlanNode, type RepartitionNode, type StoreSpec } from '../plan/index.ts'
import type { Serde } from '../serde/index.ts'
import type { NameOption } from './options.ts'
import type { PlanBuilder } from './plan-builder.ts'
import { type FlowingSerdes, noSerdes } from './serdes-of.ts'

/** A node without what the builder fills in. */
export type NewNode<Node = PlanNode> = Node extends unknown ? Omit<Node, keyof NodeFields> : never

/** The place of a stream or table in the plan under construction: what operations continue from. Not public. */
export class Handle {
  readonly builder: PlanBuilder
  /** Id of the node. */
  readonly node: string
  readonly serdes: FlowingSerdes

  constructor(builder: PlanBuilder, node: string, serdes: FlowingSerdes = noSerdes) {
    this.builder = builder
    this.node = node
    this.serdes = serdes
  }

  /** Adds an operation below this one; `more` are its further parents. */
  add(
    node: NewNode,
    operation: string,
    options: NameOption,
    serdes: FlowingSerdes = noSerdes,
    more: readonly Handle[] = [],
  ): Handle {
    for (const one of more) this.sameTopology(one, operation)
    const parents = [this.node, ...more.map((one) => one.node)]
    return new Handle(this.builder, this.builder.add(node, parents, operation, options.name), serdes)
  }

  /** The other place; throws TOPOLOGY_INVALID for one of another topology. */
  sameTopology(other: Handle, operation: string): Handle {
    if (other.builder !== this.builder) throw otherTopology(operation)
    return other
  }

  /** The id that an operation below this one will get: for the names of its stores. */
  idOf(operation: string, options: NameOption): string {
    return this.builder.idFor(operation, this.node, options.name)
  }

  /** The id that a nameless operation below this one would get, for what stands under another: no other gets it. */
  reserve(operation: string): string {
    return this.builder.reserve(operation, this.node)
  }

  /** This stream, written to an internal topic by key where the compiler finds that the key may have changed. */
  repartitioned(
    name: string,
    key: Serde<unknown>,
    value: Serde<unknown>,
    options: { readonly keepsNullKeys?: boolean; readonly isImplicit?: boolean } & Pick<
      RepartitionNode,
      'partitions' | 'partitioner'
    > = {},
  ): Handle {
    const { keepsNullKeys = false, isImplicit = true, ...chosen } = options
    const node = {
      kind: 'repartition',
      name: topicSafe(name),
      keySerde: key,
      valueSerde: value,
      isImplicit,
      keepsNullKeys,
      ...chosen,
    } as const
    const id = this.builder.addUnder(node, this.node, `${topicSafe(name)}-repartition`)
    return new Handle(this.builder, id, { key, value })
  }
}

function otherTopology(operation: string): StreamsError {
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: `${operation}() got a stream or table of another topology`,
    hint: 'Write it to a topic there and read that with source() here.',
    callSite: callSite(),
  })
}

/** What streams and tables have in common: their place, which only this folder can see. */
export class Handled {
  readonly #handle: Handle

  constructor(at: Handle) {
    this.#handle = at
  }

  static handleOf(one: Handled): Handle {
    return one.#handle
  }
}

/** The place of a stream or table. */
export function handleOf(one: Handled): Handle {
  return Handled.handleOf(one)
}

/** A name as topics and stores may have it, made of an operation's id. */
export function topicSafe(id: string): string {
  return id.replace(/[^a-zA-Z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')
}

/** The fields that every store spec has, from what an operation was given. */
export function storeFields(
  id: string,
  options: { readonly store?: string; readonly storage?: 'memory' | 'persistent'; readonly logged?: boolean },
  key: Serde<unknown>,
  value: Serde<unknown>,
): Pick<StoreSpec, 'name' | 'keySerde' | 'valueSerde' | 'storage' | 'isLogged'> {
  return {
    name: options.store ?? topicSafe(id),
    keySerde: key,
    valueSerde: value,
    storage: options.storage ?? 'memory',
    isLogged: options.logged ?? true,
  }
}
