import { messageOf, StreamsError } from '../../errors/index.ts'
import type { AssignmentInput, GroupAssignor, TopicPartition } from '../../ports/index.ts'

/**
 * What the assignor gives to each member. Throws TRANSPORT_FAILED when it throws, names a member or partition that is
 * not there, or gives one partition to two.
 */
export function shareOut(
  assignor: GroupAssignor,
  input: AssignmentInput,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const shares = ask(assignor, () => assignor.assign(input))
  const members = new Set(input.members.map(({ memberId }) => memberId))
  const taken = new Set<string>()
  for (const [memberId, partitions] of shares) {
    if (!members.has(memberId)) throw wrongShare(assignor, `to ${memberId}, which is no member`)
    for (const { topic, partition } of partitions) {
      const name = `${topic}/${partition}`
      if (!(partition >= 0 && partition < (input.partitionCounts.get(topic) ?? 0))) {
        throw wrongShare(assignor, `${name}, which does not exist`)
      }
      if (taken.has(name)) throw wrongShare(assignor, `${name} twice`)
      taken.add(name)
    }
  }
  return shares
}

/** What the assignor tells each member. Throws TRANSPORT_FAILED when it throws. */
export function informed(assignor: GroupAssignor, input: AssignmentInput): ReadonlyMap<string, string> {
  return ask(assignor, () => assignor.inform?.(input) ?? new Map<string, string>())
}

function ask<T>(assignor: GroupAssignor, question: () => T): T {
  try {
    return question()
  } catch (thrown) {
    if (thrown instanceof StreamsError) throw thrown
    throw new StreamsError({
      code: 'TRANSPORT_FAILED',
      what: `The assignor ${assignor.name} threw: ${messageOf(thrown)}`,
      hint: 'Mend the assignor.',
      cause: thrown,
    })
  }
}

function wrongShare(assignor: GroupAssignor, what: string): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: `The assignor ${assignor.name} gave ${what}`,
    hint: 'Mend the assignor: each partition goes to at most one member.',
  })
}
