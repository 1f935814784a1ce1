import type { CommittedOffset, GroupAssignor, TopicPartition } from '../../ports/index.ts'
import { findCoordinator } from './coordinator.ts'
import { requireTopics } from './cluster-metadata.ts'
import type { DriverBroker, DriverCluster, JoinResponse, MemberIdentity } from './driver.ts'
import { decodeAssignment, assignShares, encodeSubscription, subscribedTopics } from './group-protocol.ts'
import { failureKind } from './kafka-failure.ts'
import { offsetsByTopic } from './offsets-store.ts'
import type { KafkaSettings } from './options.ts'

export interface Membership {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly assignor: GroupAssignor
  readonly info?: (() => string) | undefined
}

/** One join, as the group sees it. */
export interface Joined {
  readonly identity: MemberIdentity
  readonly isLeader: boolean
  /** What this member subscribes to. */
  readonly topics: readonly string[]
  readonly partitions: readonly TopicPartition[]
  /** From the assignor's `inform`; '' where it said nothing. */
  readonly info: string
}

/**
 * This process in a consumer group: the classic group protocol (FindCoordinator, JoinGroup, SyncGroup, Heartbeat,
 * LeaveGroup), eager. Every call is one attempt; who calls decides about the next.
 */
export class GroupMember {
  readonly #cluster: DriverCluster
  readonly #settings: KafkaSettings
  readonly #membership: Membership
  #memberId: string
  #coordinatorId: number | undefined

  /** `memberId`: as which member to join again; '' for a newcomer. */
  constructor(cluster: DriverCluster, settings: KafkaSettings, membership: Membership, memberId: string) {
    this.#cluster = cluster
    this.#settings = settings
    this.#membership = membership
    this.#memberId = memberId
  }

  get memberId(): string {
    return this.#memberId
  }

  /** Joins and waits until every member has its share. `owned`: the partitions of the generation before. */
  async join(owned: readonly TopicPartition[]): Promise<Joined> {
    const { groupId, topics, assignor, info } = this.#membership
    try {
      const coordinator = await this.#coordinator()
      const joined = await coordinator.joinGroup({
        groupId,
        sessionTimeout: this.#settings.sessionTimeoutMs,
        rebalanceTimeout: this.#settings.rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupProtocols: [{ name: assignor.name, metadata: encodeSubscription(topics, owned, info?.()) }],
      })
      this.#memberId = joined.memberId
      const { generationId, memberId } = joined
      const isLeader = joined.leaderId === memberId
      const groupAssignment = isLeader ? await this.#assign(joined) : []
      const { memberAssignment } = await coordinator.syncGroup({ groupId, generationId, memberId, groupAssignment })
      return {
        identity: { groupId, memberId, groupGenerationId: generationId },
        isLeader,
        topics,
        ...decodeAssignment(memberAssignment),
      }
    } catch (thrown) {
      this.#note(thrown)
      throw thrown
    }
  }

  async heartbeat(identity: MemberIdentity): Promise<void> {
    await this.#withCoordinator((coordinator) => coordinator.heartbeat(identity))
  }

  async commit(offsets: readonly CommittedOffset[], identity: MemberIdentity): Promise<void> {
    const topics = offsetsByTopic(offsets)
    await this.#withCoordinator((coordinator) => coordinator.offsetCommit({ ...identity, topics }))
  }

  /** Tells the group that this member goes, so that it need not wait for the session to end. */
  async leave(): Promise<void> {
    const memberId = this.#memberId
    if (memberId === '') return
    this.#memberId = ''
    const { groupId } = this.#membership
    await this.#withCoordinator((coordinator) => coordinator.leaveGroup({ groupId, memberId }))
  }

  async #withCoordinator<T>(call: (coordinator: DriverBroker) => Promise<T>): Promise<T> {
    try {
      return await call(await this.#coordinator())
    } catch (thrown) {
      this.#note(thrown)
      throw thrown
    }
  }

  /** The coordinator, connected. It is asked for again after a failure that may mean that it has moved. */
  async #coordinator(): Promise<DriverBroker> {
    if (this.#coordinatorId !== undefined) return this.#cluster.findBroker({ nodeId: this.#coordinatorId })
    const { groupId } = this.#membership
    const coordinator = await findCoordinator(this.#cluster, 'group', groupId)
    this.#coordinatorId = coordinator.nodeId
    return coordinator
  }

  #note(thrown: unknown): void {
    const kind = failureKind(thrown)
    if (kind === 'fenced') this.#memberId = ''
    else if (kind !== 'rebalance') this.#coordinatorId = undefined
  }

  async #assign({ members }: JoinResponse): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const topics = subscribedTopics(members)
    await requireTopics(this.#cluster, topics)
    await this.#cluster.refreshMetadata()
    const counts = new Map(topics.map((topic) => [topic, this.#cluster.findTopicPartitionMetadata(topic).length]))
    return assignShares(this.#membership.assignor, members, counts)
  }
}
