import { messageOf, type StreamsError } from '../../errors/index.ts'
import type {
  CommittedOffset,
  ConsumerListener,
  ConsumerOptions,
  TopicPartition,
  TransportConsumer,
} from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { requireTopics } from './cluster-metadata.ts'
import { closedError, commitFailed, generationLost, listenerFailed, wrapSpent } from './consumer-errors.ts'
import { openCluster, type ClusterHandle } from './driver.ts'
import { Generation, type GenerationEnd } from './generation.ts'
import { GroupMember, type Joined } from './group-member.ts'
import { keepHeartbeats } from './heartbeats.ts'
import { failureKind, failureType, wrapFailure, type FailureKind } from './kafka-failure.ts'
import { committedOffsets } from './offsets-store.ts'
import { PartitionFetcher } from './partition-fetcher.ts'
import { partitionName } from './partition-position.ts'
import { RestartBudget } from './restart-budget.ts'
import { retrying, settlesWithin } from './retry.ts'

const leaveTimeoutMs = 2_000

/** A cluster handle, and this consumer as a member of its group; both are made anew after a failure. */
interface Session {
  readonly handle: ClusterHandle
  readonly member: GroupMember
}

/**
 * Keeps a member in its group: connect, join, serve the generation until it ends, join again. A failure is answered
 * with a new connection after a pause, as often as the budget allows. Invariants:
 * - `onAssigned`, `onBatch`, `onRevoking` come in this order, for one generation after the other;
 * - heartbeats go on by a timer from the join until `onRevoking` has had its time, so that a slow restore or flush
 *   does not cost the membership;
 * - a commit is resolved only when the coordinator has acknowledged it for the generation that it was made for.
 */
export class KafkajsConsumer implements TransportConsumer {
  readonly #options: ConsumerOptions
  readonly #listener: ConsumerListener
  readonly #services: AdapterServices
  readonly #paused = new Set<string>()
  #session: Session | null = null
  #generation: Generation | null = null
  #generations = 0
  #memberId = ''
  #owned: readonly TopicPartition[] = []
  /** The last `onRevoking`: `onAssigned` waits for it, however long it takes. */
  #revoking: Promise<unknown> = Promise.resolve()
  #commits: Promise<unknown> = Promise.resolve()
  #running: Promise<void> | null = null
  #started: Promise<void> | null = null
  #settleStart: { resolve: () => void; reject: (error: StreamsError) => void } | null = null
  #isStopping = false
  #stop: () => void = () => {}
  readonly #stopped: Promise<void>

  constructor(options: ConsumerOptions, listener: ConsumerListener, services: AdapterServices) {
    this.#options = options
    this.#listener = listener
    const logger = services.logger.child({ groupId: options.groupId, clientId: options.clientId })
    this.#services = { ...services, logger }
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve
    })
  }

  start(): Promise<void> {
    this.#started ??= new Promise((resolve, reject) => {
      if (this.#isStopping) {
        reject(closedError())
        return
      }
      this.#settleStart = { resolve, reject }
      this.#running = this.#supervise()
    })
    return this.#started
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#paused.add(partitionName(each))
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#paused.delete(partitionName(each))
    this.#generation?.fetcher.resumed(partitions)
  }

  commit(offsets: readonly CommittedOffset[], generation: number): Promise<void> {
    const commit = this.#commits.then(() => this.#commit(offsets, generation))
    this.#commits = commit.catch(() => {})
    return commit
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    if (!this.#session) throw closedError()
    const { clock, settings } = this.#services
    const { cluster } = this.#session.handle
    return committedOffsets({
      cluster,
      clock,
      timeoutMs: settings.retryTimeoutMs,
      groupId: this.#options.groupId,
      partitions,
      // What a reader of transactions goes on from must be final.
      waitsForTransactions: this.#options.isolation === 'read_committed',
    })
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stop()
    this.#generation?.finish({ kind: 'stop' })
    await this.#running
  }

  async #commit(offsets: readonly CommittedOffset[], number: number): Promise<void> {
    const { clock, settings } = this.#services
    const generation = this.#generation
    const check = (): void => {
      if (!generation || generation.number !== number || generation.isOver || generation.end?.kind === 'fenced') {
        throw generationLost(number)
      }
    }
    check()
    if (offsets.length === 0) return
    try {
      await retrying(clock, { timeoutMs: settings.retryTimeoutMs, check }, async () => {
        await this.#session!.member.commit(offsets, generation!.joined.identity)
      })
    } catch (thrown) {
      if (generation!.isOver) throw generationLost(number, thrown)
      const kind = failureKind(thrown)
      if (kind !== 'fenced' && kind !== 'rebalance') throw commitFailed(thrown, offsets)
      generation!.finish(kind === 'fenced' ? { kind } : { kind: 'rebalance' })
      throw generationLost(number, thrown)
    }
  }

  async #supervise(): Promise<void> {
    const { settings, clock, logger } = this.#services
    const budget = new RestartBudget(settings, clock)
    while (!this.#isStopping) {
      const failure = await this.#runOnce(budget)
      if (failure === null || this.#isStopping) continue
      const kind = failureKind(failure)
      const delayMs = budget.spend(kind)
      if (delayMs === null) {
        await this.#close()
        this.#fail(this.#finalError(failure, kind, budget))
        return
      }
      const fields = { reason: failureType(failure), restart: budget.restarts, delayMs, error: messageOf(failure) }
      // on a fresh cluster the first join finds no coordinator: nothing to be alarmed at
      if (this.#generations === 0 && kind === 'transient') logger.info(fields, 'The group cannot be joined yet')
      else if (budget.isNew) logger.warn(fields, 'The consumer failed and is restarted')
      else logger.debug(fields, 'The consumer still cannot be restarted')
      await settlesWithin(clock, this.#stopped, delayMs)
    }
    await this.#close()
    this.#settleStart?.reject(closedError())
  }

  /** One connection's life. Null: go on at once; else what went wrong. */
  async #runOnce(budget: RestartBudget): Promise<unknown> {
    try {
      this.#session ??= this.#open()
      const joined = await this.#join(this.#session)
      if (!joined) return null
      budget.joined()
      const end = await this.#serve(joined)
      budget.served()
      return end.kind === 'failed' ? await this.#drop(end.error) : null
    } catch (thrown) {
      const kind = failureKind(thrown)
      if (kind === 'rebalance' || kind === 'fenced') return null
      return this.#drop(thrown)
    }
  }

  /** A failed session is not repaired but replaced. */
  async #drop(failure: unknown): Promise<unknown> {
    const session = this.#session
    const kind = failureKind(failure)
    if (kind === 'fatal' || !session) return failure ?? listenerFailed('connection', 'nothing was thrown')
    this.#session = null
    if (kind === 'transient') {
      // The coordinator cannot be told, and remembers this member: joining as the same one saves the others the wait
      // for the end of its session.
      this.#memberId = session.member.memberId
      await session.handle.close()
    } else {
      this.#memberId = ''
      await this.#leave(session)
    }
    return failure
  }

  #open(): Session {
    const { settings, logger } = this.#services
    const { clientId, groupId, topics, assignor, info } = this.#options
    const handle = openCluster(settings, clientId, logger)
    const membership = { groupId, topics, assignor, info }
    return { handle, member: new GroupMember(handle.cluster, settings, membership, this.#memberId) }
  }

  async #join({ handle, member }: Session): Promise<Joined | null> {
    const joining = (async () => {
      await handle.cluster.connect()
      await requireTopics(handle.cluster, this.#options.topics)
      return member.join(this.#owned)
    })()
    joining.catch(() => {})
    // A join can take as long as the slowest member; stop does not wait for it.
    return Promise.race([joining, this.#stopped.then(() => null)])
  }

  async #serve(joined: Joined): Promise<GenerationEnd> {
    const { logger } = this.#services
    const generation = this.#begin(joined)
    logger.info({ generation: generation.number, partitions: joined.partitions.map(partitionName) }, 'Joined the group')
    const { member, handle } = this.#session!
    const beating = keepHeartbeats(generation, member, handle.cluster, this.#services).catch((error: unknown) =>
      generation.finish({ kind: 'failed', error }),
    )
    generation.assigned = this.#assign(generation)
    if (this.#isStopping) generation.finish({ kind: 'stop' })
    await generation.ended
    await this.#revoke(generation)
    generation.close()
    await beating
    return generation.end!
  }

  #begin(joined: Joined): Generation {
    const { settings, clock, logger } = this.#services
    // The group's own number where it can be: then all members, and the brokers' logs, agree.
    const number = Math.max(this.#generations + 1, joined.identity.groupGenerationId)
    this.#generations = number
    const fetcher = new PartitionFetcher({
      cluster: this.#session!.handle.cluster,
      settings,
      clock,
      logger,
      readCommitted: this.#options.isolation === 'read_committed',
      paused: this.#paused,
      skipsWhatIsGone: false,
      onBatch: (batch) => {
        try {
          this.#listener.onBatch(batch, number)
        } catch (error) {
          generation.finish({ kind: 'failed', error: listenerFailed('onBatch', error) })
        }
      },
      onError: (error) => generation.finish({ kind: 'failed', error }),
    })
    const generation = new Generation(number, joined, fetcher, clock)
    this.#generation = generation
    this.#owned = joined.partitions
    return generation
  }

  /** Asks where to read from and begins. True if the listener took the assignment. */
  async #assign(generation: Generation): Promise<boolean> {
    const { clock, settings } = this.#services
    if (!(await settlesWithin(clock, this.#revoking, settings.rebalanceTimeoutMs))) {
      generation.finish({ kind: 'failed', error: listenerFailed('onRevoking', 'it does not answer') })
    }
    if (generation.end) return false
    const { identity, partitions, info } = generation.joined
    try {
      const assignment = { generation: generation.number, memberId: identity.memberId, partitions, info }
      const positions = await this.#listener.onAssigned(assignment)
      if (!generation.end) {
        generation.fetcher.start(positions)
        this.#settleStart?.resolve()
        this.#settleStart = null
      }
      return true
    } catch (error) {
      // What it asked for may have failed because the generation ended; then the next one asks again.
      generation.finish({ kind: 'failed', error: listenerFailed('onAssigned', error) })
      return false
    }
  }

  /** Gives the owner time to flush and commit. It stays a member meanwhile. */
  async #revoke(generation: Generation): Promise<void> {
    const { clock, settings, logger } = this.#services
    if (generation.end?.kind === 'failed' && failureKind(generation.end.error) === 'fatal') return
    const limitMs = settings.rebalanceTimeoutMs / 2
    const revoking = (async () => {
      if (await generation.assigned) await this.#listener.onRevoking(generation.number)
    })()
    this.#revoking = revoking.catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'onRevoking failed'))
    if (!(await settlesWithin(clock, revoking, limitMs))) {
      logger.warn({ generation: generation.number, limitMs }, 'onRevoking took too long; the group goes on without it')
    }
  }

  async #close(): Promise<void> {
    const session = this.#session
    this.#session = null
    this.#generation = null
    if (session) await this.#leave(session)
  }

  async #leave({ handle, member }: Session): Promise<void> {
    await settlesWithin(this.#services.clock, member.leave(), leaveTimeoutMs)
    await handle.close()
  }

  #fail(error: StreamsError): void {
    if (this.#settleStart) this.#settleStart.reject(error)
    else this.#listener.onFailed(error)
    this.#settleStart = null
  }

  #finalError(failure: unknown, kind: FailureKind, budget: RestartBudget): StreamsError {
    const { groupId } = this.#options
    const what = `The consumer of group ${groupId} failed${kind === 'fatal' ? '' : ` (${budget.describe(kind)})`}`
    const hint = 'See the cause; what was not committed is read again after the next start.'
    const error = wrapFailure(failure, 'CONSUMER_FAILED', what, hint)
    return error.retriable ? wrapSpent(error, what, hint) : error
  }
}
