import type { CompiledTopology, SubTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { AssignmentInput, GroupAssignor, TopicPartition } from '../ports/index.ts'

interface TaskSlot {
  readonly topics: readonly string[]
  readonly partition: number
}

/**
 * Shares tasks out, never single partitions: a task's partitions of all its topics go to the same member. Each task
 * stays with its previous owner while that owner is within its fair share (no two members differ by more than one task);
 * the rest goes to whoever has least, in a fixed order, so that every member computes the same.
 */
export function createAssignor(topology: CompiledTopology): GroupAssignor {
  return {
    name: 'millrace-tasks-v1',
    assign: (input) => assignTasks(topology.subTopologies, input),
  }
}

function assignTasks(
  subs: readonly SubTopology[],
  input: AssignmentInput,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const { members } = input
  const tasks = subs.flatMap((sub) => slotsOf(sub, input.partitionCounts))
  const assigned = new Map<string, TaskSlot[]>(members.map((member) => [member.memberId, []]))
  const owners = new Map<string, string>()
  for (const member of members) {
    for (const { topic, partition } of member.owned) owners.set(`${topic} ${partition}`, member.memberId)
  }
  const share = Math.floor(tasks.length / Math.max(1, members.length))
  let larger = tasks.length % Math.max(1, members.length)
  const homeless = tasks.filter((task) => {
    const owner = assigned.get(owners.get(`${task.topics[0]} ${task.partition}`) ?? '')
    if (owner === undefined || owner.length > share || (owner.length === share && larger-- <= 0)) return true
    owner.push(task)
    return false
  })
  for (const task of homeless) leastLoaded(assigned)?.push(task)
  return new Map([...assigned].map(([member, slots]) => [member, slots.flatMap(partitionsOf)]))
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
  return Array.from({ length: count }, (_, partition) => ({ topics: sub.sourceTopics, partition }))
}

function leastLoaded(assigned: ReadonlyMap<string, TaskSlot[]>): TaskSlot[] | undefined {
  let least: TaskSlot[] | undefined
  for (const slots of assigned.values()) if (least === undefined || slots.length < least.length) least = slots
  return least
}

function partitionsOf(task: TaskSlot): readonly TopicPartition[] {
  return task.topics.map((topic) => ({ topic, partition: task.partition }))
}
