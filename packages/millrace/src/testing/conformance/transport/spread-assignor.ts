import type { AssignmentInput, GroupAssignor, TopicPartition } from '../../../ports/index.ts'

/** Partition n of every topic goes to member n modulo the number of members. `calls` keeps what it was asked. */
export function createSpreadAssignor(calls: AssignmentInput[] = []): GroupAssignor {
  return {
    name: 'millrace-conformance-1',
    assign(input) {
      calls.push(input)
      const shares = new Map<string, TopicPartition[]>(input.members.map(({ memberId }) => [memberId, []]))
      for (const [topic, count] of input.partitionCounts) {
        for (let partition = 0; partition < count; partition++) {
          const member = input.members[partition % input.members.length]
          if (member) shares.get(member.memberId)?.push({ topic, partition })
        }
      }
      return shares
    },
  }
}
