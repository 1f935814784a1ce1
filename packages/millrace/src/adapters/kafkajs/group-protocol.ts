import kafkajs from 'kafkajs'
import type { GroupAssignor, GroupMember, TopicPartition } from '../../ports/index.ts'

const protocolVersion = 1
/** Beside the topics in a member's user data: no topic may have this name, and older versions skip what is no list. */
const infoKey = '@info'

/** What the leader gave to this member. */
export interface Share {
  readonly partitions: readonly TopicPartition[]
  /** '' where the assignor had nothing to say. */
  readonly info: string
}

/** What a member tells the group when it joins: its topics, what it owned before, and `ConsumerOptions.info`. */
export function encodeSubscription(topics: readonly string[], owned: readonly TopicPartition[], info = ''): Buffer {
  const told = info === '' ? byTopic(owned) : { ...byTopic(owned), [infoKey]: info }
  const userData = Buffer.from(JSON.stringify(told), 'utf8')
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
    .map(({ memberId, memberMetadata }): GroupMember => ({ memberId, ...toldBy(memberMetadata) }))
    .sort((left, right) => (left.memberId < right.memberId ? -1 : 1))
  const input = { members, partitionCounts }
  const shares = assignor.assign(input)
  const news = assignor.inform?.(input)
  return members.map(({ memberId }) => ({
    memberId,
    memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({
      version: protocolVersion,
      assignment: byTopic(shares.get(memberId) ?? []),
      userData: encodeNews(news?.get(memberId) ?? ''),
    }),
  }))
}

export function decodeAssignment(memberAssignment: Buffer): Share {
  const decoded = kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)
  const partitions = Object.entries(decoded?.assignment ?? {}).flatMap(([topic, list]) =>
    list.map((partition) => ({ topic, partition })),
  )
  return { partitions, info: decodeNews(decoded?.userData) }
}

/** An object, so that later versions can add to it; nothing at all, as in earlier versions, where there is no news. */
function encodeNews(info: string): Buffer {
  return info === '' ? Buffer.alloc(0) : Buffer.from(JSON.stringify({ info }), 'utf8')
}

function decodeNews(userData: Buffer | null | undefined): string {
  const info = parsed(userData).info
  return typeof info === 'string' ? info : ''
}

function toldBy(memberMetadata: Buffer): Pick<GroupMember, 'owned' | 'info'> {
  const told = parsed(kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData)
  const owned = Object.entries(told).flatMap(([topic, partitions]) =>
    Array.isArray(partitions) ? partitions.map((partition) => ({ topic, partition: Number(partition) })) : [],
  )
  const info = told[infoKey]
  return typeof info === 'string' ? { owned, info } : { owned }
}

/** Another version's user data, which this one cannot read, counts as none. */
function parsed(userData: Buffer | null | undefined): Readonly<Record<string, unknown>> {
  if (!userData || userData.length === 0) return {}
  try {
    const value: unknown = JSON.parse(userData.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {}
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition)
  return topics
}
