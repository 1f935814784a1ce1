import { StreamsError } from '../../errors/index.ts'
import type { Assignment, CommittedOffset, GroupAssignor, TopicPartition } from '../../ports/index.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import { checkCommits, GroupCommits } from './group-commits.ts'
import { informed, shareOut } from './group-share.ts'
import { transportFailed } from './request-gate.ts'
import { settlesWithin } from './settles-within.ts'

/** How long a join that failed waits. */
const rejoinAfterMs = 100

/** What a group sees of its members. */
export interface GroupParticipant {
  readonly clientId: string
  readonly topics: readonly string[]
  readonly assignor: GroupAssignor
  /** What the assignor shall know of it, asked at every join. */
  readonly info: () => string
  /** False once it has stopped or failed. */
  readonly takesPart: boolean
  begin(assignment: Assignment): void
  /** Ends what `begin` began; resolves when the next generation may begin. Never rejects. */
  end(): Promise<void>
  fail(error: StreamsError): void
}

interface Membership {
  readonly memberId: string
  generation: number
  owned: readonly TopicPartition[]
}

/**
 * The coordinator of one consumer group: eager rebalances as Kafka's classic protocol has them. A rebalance tells every
 * member to end its generation, waits for all of them a bounded time, and then gives out the next. Who is late is
 * expelled: its commits are refused from then on, and it joins anew as soon as it is ready.
 */
export class ConsumerGroup {
  readonly groupId: string
  readonly #broker: EmbeddedBroker
  readonly #members = new Map<GroupParticipant, Membership>()
  /** Who has lost its session and does not know yet; what cancels that it is told. */
  readonly #evicted = new Map<GroupParticipant, () => void>()
  readonly #commits = new GroupCommits()
  #generation = 0
  #lastMember = 0
  #isRebalancing = false

  constructor(groupId: string, broker: EmbeddedBroker) {
    this.groupId = groupId
    this.#broker = broker
  }

  /** Throws TRANSPORT_FAILED when the members of the group share out partitions in another way. */
  join(participant: GroupParticipant): void {
    const [leader] = this.#members.keys()
    if (leader && leader.assignor.name !== participant.assignor.name) throw this.#otherAssignor(leader, participant)
    for (const topic of participant.topics) this.#broker.topic(topic)?.joined(this.groupId)
    const memberId = `${participant.clientId}-${String(++this.#lastMember).padStart(6, '0')}`
    this.#members.set(participant, { memberId, generation: 0, owned: [] })
    this.#startRebalance()
  }

  leave(participant: GroupParticipant): void {
    this.#evicted.get(participant)?.()
    this.#evicted.delete(participant)
    if (this.#members.delete(participant)) this.#startRebalance()
  }

  /** Removes all members as if their sessions had timed out; they join anew when they have noticed. */
  expelAll(): void {
    for (const participant of this.#members.keys()) this.#expel(participant)
  }

  /** Ends the session of a member, which does not know until so much time is over (null: never) or a commit is refused. */
  evict(memberId: string, noticedAfterMs: number | null): void {
    for (const [participant, member] of this.#members) {
      if (member.memberId !== memberId) continue
      this.#members.delete(participant)
      const notice = (): void => this.#notice(participant)
      const { clock } = this.#broker.settings
      this.#evicted.set(participant, noticedAfterMs === null ? () => {} : clock.schedule(noticedAfterMs, notice))
      this.#startRebalance()
    }
  }

  commit(participant: GroupParticipant, commits: readonly CommittedOffset[], generation: number): void {
    const member = this.#members.get(participant)
    if (!member || member.generation !== generation || generation !== this.#generation) {
      this.#notice(participant)
      throw this.#generationLost(generation)
    }
    for (const commit of commits) this.#broker.partition(commit)
    this.#commits.set(commits)
    this.#retain(commits)
  }

  /** Throws TRANSPORT_FAILED for commits that would be refused. */
  check(commits: readonly CommittedOffset[]): void {
    for (const commit of commits) this.#broker.partition(commit)
    checkCommits(commits)
  }

  /** As `check` has let them pass; no member stands for them. */
  commitInTransaction(commits: readonly CommittedOffset[]): void {
    this.#commits.set(commits)
    this.#retain(commits)
  }

  committed(partitions: readonly TopicPartition[]): readonly CommittedOffset[] {
    return this.#commits.get(partitions)
  }

  #retain(commits: readonly CommittedOffset[]): void {
    for (const commit of commits) this.#broker.topic(commit.topic)?.committed(this.groupId, commit, commit.offset)
  }

  #startRebalance(): void {
    if (this.#isRebalancing) return
    this.#isRebalancing = true
    void this.#rebalance()
  }

  async #rebalance(): Promise<void> {
    // Members that start together share the first generation.
    await this.#broker.settings.clock.yield()
    await Promise.all([...this.#members.keys()].map((participant) => this.#end(participant)))
    this.#isRebalancing = false
    this.#assign()
  }

  async #end(participant: GroupParticipant): Promise<void> {
    const { clock, rebalanceTimeoutMs } = this.#broker.settings
    if (!(await settlesWithin(clock, rebalanceTimeoutMs, this.#ready(participant)))) this.#expel(participant)
  }

  /** Resolves when the member asks to join the next generation. Never rejects. */
  async #ready(participant: GroupParticipant): Promise<void> {
    await participant.end()
    const { gate, settings } = this.#broker
    while (gate.hasFaults && participant.takesPart) {
      const { groupId } = this
      const memberId = this.#members.get(participant)?.memberId
      const request = {
        kind: 'join',
        clientId: participant.clientId,
        groupId,
        ...(memberId ? { memberId } : {}),
      } as const
      try {
        await gate.arrive(request, transportFailed('The group cannot be joined'))
        return
      } catch (thrown) {
        if (!(thrown as StreamsError).retriable) participant.fail(thrown as StreamsError)
      }
      await new Promise<void>((resolve) => void settings.clock.schedule(rejoinAfterMs, resolve))
    }
  }

  #notice(participant: GroupParticipant): void {
    this.#evicted.get(participant)?.()
    if (this.#evicted.delete(participant)) void this.#rejoin(participant)
  }

  #expel(participant: GroupParticipant): void {
    if (!this.#members.delete(participant)) return
    void this.#rejoin(participant)
    this.#startRebalance()
  }

  async #rejoin(participant: GroupParticipant): Promise<void> {
    await this.#ready(participant)
    if (!participant.takesPart) return
    try {
      this.join(participant)
    } catch (thrown) {
      participant.fail(thrown as StreamsError)
    }
  }

  #assign(): void {
    // Who stops while the group rebalances has ended its generation but may not have left yet.
    for (const participant of this.#members.keys()) if (!participant.takesPart) this.#members.delete(participant)
    const members = [...this.#members].sort(([, a], [, b]) => (a.memberId < b.memberId ? -1 : 1))
    const [leader] = this.#members.keys()
    this.#generation++
    if (!leader) return
    try {
      const input = {
        members: members.map(([{ info }, { memberId, owned }]) => ({ memberId, owned, info: info() })),
        partitionCounts: this.#partitionCounts(),
      }
      const shares = shareOut(leader.assignor, input)
      const infos = informed(leader.assignor, input)
      for (const [participant, member] of members) {
        const { memberId } = member
        member.owned = shares.get(memberId) ?? []
        member.generation = this.#generation
        const [generation, partitions, info] = [this.#generation, member.owned, infos.get(memberId) ?? '']
        participant.begin({ generation, memberId, partitions, info })
      }
    } catch (thrown) {
      for (const [participant] of members) participant.fail(thrown as StreamsError)
    }
  }

  #partitionCounts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { topics } of this.#members.keys()) {
      for (const name of topics) {
        const topic = this.#broker.topic(name)
        if (topic) counts.set(name, topic.partitions.length)
      }
    }
    return counts
  }

  #generationLost(generation: number): StreamsError {
    return new StreamsError({
      code: 'GENERATION_LOST',
      what: `Group ${this.groupId} is in generation ${this.#generation}, the commit is of ${generation}`,
      hint: 'Nothing was committed: whoever owns the partitions now reads on from the last commit.',
    })
  }

  #otherAssignor(leader: GroupParticipant, participant: GroupParticipant): StreamsError {
    return new StreamsError({
      code: 'TRANSPORT_FAILED',
      what: `Group ${this.groupId} uses the assignor ${leader.assignor.name}, not ${participant.assignor.name}`,
      hint: 'Let all members of a group use the same assignor.',
    })
  }
}
