import type { PlanNode, RepartitionNode } from '../../plan/index.ts'
import { changesKey } from './drop-needless-repartitions.ts'

export interface MergedRepartitions {
  readonly nodes: readonly PlanNode[]
  /** Ids of the repartitions that are gone, with the one whose topic they share. */
  readonly mergedInto: ReadonlyMap<string, string>
}

/** One change of the key, and the repartitions below it that can share a topic. */
interface Group {
  readonly changer: string
  /** The first, whose name and topic stay; it moves right below the change of the key. */
  readonly kept: RepartitionNode
  readonly members: ReadonlyMap<string, RepartitionNode>
  /** Operations between the change and a member; they read the topic from now on. */
  readonly between: ReadonlySet<string>
}

/**
 * One internal topic where several operations below one change of the key each had their own (Kafka Streams'
 * `merge.repartition.topics`). Only repartitions that the compiler put in, with the same serdes, and with nothing between
 * them and the change that makes other keys or values: the topic holds what each of theirs did.
 */
export function mergeRepartitions(nodes: readonly PlanNode[]): MergedRepartitions {
  const groups = groupsOf(nodes)
  const byChanger = new Map(groups.map((group) => [group.changer, group]))
  const mergedInto = new Map<string, string>()
  const parentInstead = new Map<string, string>()
  const between = new Map<string, Group>()
  for (const group of groups) {
    for (const [id, member] of group.members) {
      if (id !== group.kept.id) mergedInto.set(id, group.kept.id)
      const parent = member.parents[0]!
      parentInstead.set(id, parent === group.changer ? group.kept.id : parent)
    }
    for (const id of group.between) between.set(id, group)
  }
  const merged = nodes.flatMap((node): readonly PlanNode[] => {
    if (parentInstead.has(node.id)) return []
    const group = between.get(node.id)
    const parents = node.parents.map((parent) =>
      parent === group?.changer ? group.kept.id : (parentInstead.get(parent) ?? parent),
    )
    const own = Object.freeze({ ...node, parents: Object.freeze(parents) })
    const below = byChanger.get(node.id)
    return below === undefined ? [own] : [own, shared(below)]
  })
  return { nodes: merged, mergedInto }
}

/** The topic of all members; it keeps null keys where one of them, or what now stands behind it, sees them. */
function shared({ kept, changer, members, between }: Group): RepartitionNode {
  const keepsNullKeys = between.size > 0 || [...members.values()].some((member) => member.keepsNullKeys)
  return Object.freeze({ ...kept, parents: Object.freeze([changer]), keepsNullKeys })
}

/** At most one group per change of the key: the largest, among equals the first. */
function groupsOf(nodes: readonly PlanNode[]): readonly Group[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const found = new Map<string, Group[]>()
  for (const node of nodes) {
    if (node.kind !== 'repartition' || !node.isImplicit) continue
    const path = pathToChange(node, byId)
    if (path === undefined) continue
    const groups = found.get(path.changer) ?? []
    found.set(path.changer, groups)
    const same = groups.find(({ kept }) => kept.keySerde === node.keySerde && kept.valueSerde === node.valueSerde)
    if (same === undefined) {
      groups.push({ ...path, kept: node, members: new Map([[node.id, node]]) })
      continue
    }
    groups[groups.indexOf(same)] = {
      ...same,
      members: new Map([...same.members, [node.id, node]]),
      between: new Set([...same.between, ...path.between]),
    }
  }
  return [...found.values()].flatMap((groups) => {
    const [largest] = groups.toSorted((left, right) => right.members.size - left.members.size)
    return largest !== undefined && largest.members.size > 1 ? [largest] : []
  })
}

/** The change of the key above a repartition, and what stands between; undefined where more than records passes. */
function pathToChange(
  repartition: RepartitionNode,
  byId: ReadonlyMap<string, PlanNode>,
): Pick<Group, 'changer' | 'between'> | undefined {
  const between = new Set<string>()
  for (let node = byId.get(repartition.parents[0]!); node !== undefined; node = byId.get(node.parents[0]!)) {
    if (changesKey(node)) return { changer: node.id, between }
    if (!passesOn(node)) return undefined
    between.add(node.id)
  }
  return undefined
}

/** Whether an operation hands on the very records that it gets, or leaves some out. */
function passesOn({ kind }: PlanNode): boolean {
  return kind === 'filter' || kind === 'peek' || kind === 'split' || kind === 'branch'
}
