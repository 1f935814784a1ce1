import kafkajs from 'kafkajs'
import type { GroupAssignor, GroupMember, TopicPartition } from '../../ports/index.ts'

const protocolVersion = 1

/** What a member tells the group when it joins: its topics, and what it owned before. */
export function encodeSubscription(topics: readonly string[], owned: readonly TopicPartition[]): Buffer {
  const userData = Buffer.from(JSON.stringify(byTopic(owned)), 'utf8')
  return kafkajs.AssignerProtocol.MemberMetadata.encode({ version: protocolVersion, topics: [...topics], userData })
}

/** The topics that any of the members reads. */
export function subscribedTopics(members: readonly { memberMetadata: Buffer }[]): readonly string[] {
  const topics = members.flatMap(
    ({ memberMetadata }) => kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
  )
  return [...new Set(topics)].sort()
}

/** The leader's part of a join: asks the assignor and encodes its answer, one share per member. */
export function assignShares(
  assignor: GroupAssignor,
  joined: readonly { memberId: string; memberMetadata: Buffer }[],
  partitionCounts: ReadonlyMap<string, number>,
): { memberId: string; memberAssignment: Buffer }[] {
  const members = joined
    .map(({ memberId, memberMetadata }): GroupMember => ({ memberId, owned: ownedOf(memberMetadata) }))
    .sort((left, right) => (left.memberId < right.memberId ? -1 : 1))
  const shares = assignor.assign({ members, partitionCounts })
  return members.map(({ memberId }) => ({
    memberId,
    memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({
      version: protocolVersion,
      assignment: byTopic(shares.get(memberId) ?? []),
      userData: Buffer.alloc(0),
    }),
  }))
}

/** The partitions that the leader gave to this member. */
export function decodeAssignment(memberAssignment: Buffer): readonly TopicPartition[] {
  const assignment = kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

function ownedOf(memberMetadata: Buffer): readonly TopicPartition[] {
  try {
    const userData = kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData
    const owned: unknown = userData && userData.length > 0 ? JSON.parse(userData.toString('utf8')) : {}
    return Object.entries(owned as Record<string, unknown>).flatMap(([topic, partitions]) =>
      Array.isArray(partitions) ? partitions.map((partition) => ({ topic, partition: Number(partition) })) : [],
    )
  } catch {
    // Another version's user data: its member counts as a newcomer.
    return []
  }
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {}
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition)
  return topics
}
