import type { CompiledTopology, SubTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { AssignmentInput, GroupAssignor, TopicPartition } from '../ports/index.ts'
import { taskId } from '../task/index.ts'
import { readMemberInfo, writeGroupInfo } from './group-info.ts'
import { assignStandbys } from './standby-assignment.ts'

/** A task that is to be given to somebody. */
export interface TaskSlot {
  readonly id: string
  readonly topics: readonly string[]
  readonly partition: number
  readonly hasState: boolean
}

/**
 * Shares tasks out, never single partitions: a task's partitions of all its topics go to the same member. Each task
 * stays with its previous owner while that owner is within its fair share (no two members differ by more than one task);
 * one without goes to a member that has its state warm, else to whoever has least, of all and then of its sub-topology;
 * in a fixed order, so that every member computes the same.
 */
export function createAssignor(topology: CompiledTopology, standbyReplicas = 0): GroupAssignor {
  return {
    name: 'millrace-tasks-v2',
    assign: (input) => {
      const assigned = assignTasks(topology.subTopologies, input)
      return new Map([...assigned].map(([member, slots]) => [member, slots.flatMap(partitionsOf)]))
    },
    inform: (input) => inform(topology.subTopologies, input, standbyReplicas),
  }
}

function assignTasks(subs: readonly SubTopology[], input: AssignmentInput): ReadonlyMap<string, readonly TaskSlot[]> {
  const { members } = input
  const tasks = subs.flatMap((sub) => slotsOf(sub, input.partitionCounts))
  const assigned = new Map<string, TaskSlot[]>(members.map((member) => [member.memberId, []]))
  const share = Math.floor(tasks.length / Math.max(1, members.length))
  let larger = tasks.length % Math.max(1, members.length)
  const offer = (task: TaskSlot, memberId: string | undefined): boolean => {
    const slots = assigned.get(memberId ?? '')
    if (slots === undefined || slots.length > share || (slots.length === share && larger <= 0)) return false
    if (slots.length === share) larger--
    slots.push(task)
    return true
  }
  const owners = new Map<string, string>()
  const warm = new Map<string, string[]>()
  for (const { memberId, owned, info } of members) {
    for (const { topic, partition } of owned) owners.set(`${topic} ${partition}`, memberId)
    for (const id of readMemberInfo(info).warm) warm.set(id, [...(warm.get(id) ?? []), memberId])
  }
  const lost = tasks.filter((task) => !offer(task, owners.get(`${task.topics[0]} ${task.partition}`)))
  const cold = lost.filter((task) => !(warm.get(task.id) ?? []).some((memberId) => offer(task, memberId)))
  for (const task of cold) leastLoaded(assigned, task)?.push(task)
  return assigned
}

function inform(
  subs: readonly SubTopology[],
  input: AssignmentInput,
  standbyReplicas: number,
): ReadonlyMap<string, string> {
  const assigned = assignTasks(subs, input)
  const infos = new Map(input.members.map(({ memberId, info }) => [memberId, readMemberInfo(info)]))
  const standbys = assignStandbys(assigned, new Map([...infos].map(([id, { warm }]) => [id, warm])), standbyReplicas)
  const members = input.members.map(({ memberId }) => {
    const endpoint = infos.get(memberId)?.endpoint
    return {
      memberId,
      ...(endpoint === undefined ? {} : { endpoint }),
      tasks: (assigned.get(memberId) ?? []).map(({ id }) => id),
      standbys: standbys.get(memberId) ?? [],
    }
  })
  const text = writeGroupInfo({ members })
  return new Map(input.members.map(({ memberId }) => [memberId, text]))
}

function slotsOf(sub: SubTopology, counts: ReadonlyMap<string, number>): readonly TaskSlot[] {
  const sizes = new Set(sub.sourceTopics.map((topic) => counts.get(topic) ?? 0))
  if (sizes.size > 1) {
    const found = sub.sourceTopics.map((topic) => `${topic} has ${counts.get(topic) ?? 0}`).join(', ')
    throw new StreamsError({
      code: 'PARTITIONS_DIFFER',
      what: `Topics that are read together have different partition counts: ${found}`,
      hint: 'Give them the same count, or read them in separate topologies.',
    })
  }
  const [count = 0] = sizes
  return Array.from({ length: count }, (_, partition) => ({
    id: taskId(sub, partition),
    topics: sub.sourceTopics,
    partition,
    hasState: sub.changelogs.length > 0,
  }))
}

function leastLoaded(assigned: ReadonlyMap<string, TaskSlot[]>, { topics }: TaskSlot): TaskSlot[] | undefined {
  const ofSub = (slots: readonly TaskSlot[]): number => slots.filter((one) => one.topics === topics).length
  let least: TaskSlot[] | undefined
  for (const slots of assigned.values()) {
    const isLess =
      least === undefined ||
      slots.length < least.length ||
      (slots.length === least.length && ofSub(slots) < ofSub(least))
    if (isLess) least = slots
  }
  return least
}

function partitionsOf(task: TaskSlot): readonly TopicPartition[] {
  return task.topics.map((topic) => ({ topic, partition: task.partition }))
}
