import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { embedded, type EmbeddedServer } from '../../../adapters/embedded/index.ts'
import { TransportCaseContext } from './case-context.ts'
import type { RecordingMember } from './recording-member.ts'
import { codeOf, gate, numbered, sorted, type CaseContext } from './transport-case.ts'

const partitions = [0, 1, 2, 3]

type Step =
  | { readonly kind: 'join' | 'expel' | 'disconnect' | 'reconnect' }
  | { readonly kind: 'stop' | 'commit' | 'pause' | 'resume'; readonly member: number }
  | { readonly kind: 'write'; readonly partition: number; readonly count: number }
  | { readonly kind: 'turns'; readonly count: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('join', 'expel', 'disconnect', 'reconnect') }),
  fc.record({ kind: fc.constantFrom('stop', 'commit', 'pause', 'resume'), member: fc.nat(9) }),
  fc.record({
    kind: fc.constant('write'),
    partition: fc.constantFrom(...partitions),
    count: fc.integer({ max: 1_500, min: 1 }),
  }),
  fc.record({ kind: fc.constant('turns'), count: fc.integer({ max: 12, min: 1 }) }),
)

/** Plays steps against one group; what hangs while the server is away is awaited at the end. */
class GroupPlay {
  readonly written: string[] = []
  readonly members: RecordingMember[] = []
  readonly #context: CaseContext
  readonly #server: EmbeddedServer
  readonly #topic: string
  readonly #hanging: Promise<unknown>[] = []

  constructor(context: CaseContext, server: EmbeddedServer, topic: string) {
    this.#context = context
    this.#server = server
    this.#topic = topic
  }

  async play(each: Step): Promise<void> {
    switch (each.kind) {
      case 'join':
        this.join()
        return
      case 'expel':
        this.#server.expelMembers('group')
        return
      case 'disconnect':
        this.#server.disconnect()
        return
      case 'reconnect':
        this.#server.reconnect()
        return
      case 'write':
        this.#write(each.partition, each.count)
        return
      case 'turns':
        await turns(each.count)
        return
      case 'stop':
      case 'commit':
      case 'pause':
      case 'resume':
        this.#tell(each.kind, each.member)
    }
  }

  join(): RecordingMember {
    const member = this.#context.member({
      groupId: 'group',
      topics: [this.#topic],
      whenRevoking: async (_generation, self) => {
        await codeOf(self.commitReceived())
      },
    })
    this.members.push(member)
    this.#hanging.push(codeOf(member.start()))
    return member
  }

  /** Everybody leaves; then a last member reads what is left. */
  async finish(): Promise<void> {
    this.#server.reconnect()
    await Promise.all(this.members.map((member) => member.stop()))
    await Promise.all(this.#hanging)
    this.join()
    await this.#context.until('everything was read by someone', () => this.seen().size === this.written.length, 4_000)
  }

  seen(): Set<unknown> {
    return new Set(this.members.flatMap((member) => member.values(this.#topic)))
  }

  #write(partition: number, count: number): void {
    const values = numbered(`p${partition}`, count, this.written.length)
    this.written.push(...values)
    this.#hanging.push(this.#context.write(this.#topic, partition, values))
  }

  #tell(what: 'stop' | 'commit' | 'pause' | 'resume', index: number): void {
    const member = this.members[index]
    if (!member) return
    const all = partitions.map((partition) => ({ topic: this.#topic, partition }))
    if (what === 'pause') member.pause(all)
    if (what === 'resume') member.resume(all)
    if (what === 'stop') this.#hanging.push(member.stop())
    if (what === 'commit') this.#hanging.push(codeOf(member.commitReceived()))
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

it('loses nothing and breaks no rule of the listener, whatever the members of a group and the server do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const server = embedded({ maxBatchRecords: 200, retainRecords: 'committed' })
      const transport = server.transport()
      const underTest = { transport, uniqueName: (prefix: string) => prefix, dispose: async () => {} }
      const context = new TransportCaseContext(underTest, null, expect)
      await transport.connect()
      const play = new GroupPlay(context, server, await context.topic(partitions.length))
      try {
        for (const each of steps) await play.play(each)
        await play.finish()
        expect(sorted(play.seen())).toEqual(sorted(play.written))
        expect(play.members.flatMap((member) => member.failure?.message ?? [])).toEqual([])
        context.expectNoViolations()
      } finally {
        await context.close()
      }
    }),
    { numRuns: 200 },
  )
}, 60_000)

it('assigns nothing to a member that stops, however closely stop and rebalance meet', async () => {
  for (let microtasks = 0; microtasks < 30; microtasks++) {
    const transport = embedded().transport()
    await transport.connect()
    const underTest = { transport, uniqueName: (prefix: string) => prefix, dispose: async () => {} }
    const context = new TransportCaseContext(underTest, null, expect)
    const topics = [await context.topic(2)]
    const { opened, open } = gate()
    const stops = context.member({ groupId: 'group', topics })
    const revokes = context.member({ groupId: 'group', topics, whenRevoking: () => opened })
    await Promise.all([stops.start(), revokes.start()])
    const joins = context.member({ groupId: 'group', topics })
    const joining = joins.start()
    await context.until('the old members revoke', () => stops.revoked.length > 0 && revokes.phase === 'revoking')
    open()
    for (let microtask = 0; microtask < microtasks; microtask++) await Promise.resolve()
    await stops.stop()
    await joining
    await context.until('the rest reads', () => joins.reading.length + revokes.reading.length === 2)
    await context.close()
    context.expectNoViolations()
    expect(stops.assignments.length).toBe(stops.revoked.length)
  }
})
