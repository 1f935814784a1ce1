import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type {
  Assignment,
  Clock,
  ConsumerListener,
  GroupAssignor,
  PartitionOffset,
  RecordBatch,
  Transport,
  TransportConsumer,
} from '../../ports/index.ts'
import { embedded, type BrokerFault, type BrokerRequest } from './index.ts'

const partitions = [0, 1, 2, 3].map((partition) => ({ topic: 't', partition }))

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Time that passes only when nothing else can happen; of what is due at one time, the seed decides what comes first. */
class SeededClock implements Clock {
  readonly random: () => number
  #nowMs = 0
  #waiting: { readonly atMs: number; readonly order: number; readonly callback: () => void }[] = []

  constructor(seed: number) {
    this.random = randomFrom(seed)
  }

  nowMs(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const one = { atMs: this.#nowMs + delayMs, order: this.random(), callback }
    this.#waiting.push(one)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one)
    }
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(0, resolve)
    })
  }

  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      // Every microtask that waits runs before a macrotask.
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      const [next] = this.#waiting.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
      if (next === undefined || next.atMs > endMs) return
      this.#waiting.shift()
      this.#nowMs = next.atMs
      next.callback()
    }
  }
}

const spread: GroupAssignor = {
  name: 'spread-1',
  assign: ({ members }) =>
    new Map(
      members.map(({ memberId }, index) => [memberId, partitions.filter((_, n) => n % members.length === index)]),
    ),
}

class Member implements ConsumerListener {
  readonly consumer: TransportConsumer
  readonly #name: string
  readonly #trace: (line: string) => void
  readonly #next = new Map<number, number>()

  constructor(transport: Transport, name: string, trace: (line: string) => void) {
    this.#name = name
    this.#trace = trace
    this.consumer = transport.consumer(
      { groupId: 'g', clientId: name, topics: ['t'], assignor: spread, isolation: 'read_committed' },
      this,
    )
  }

  async onAssigned({ generation, partitions: owned }: Assignment): Promise<readonly PartitionOffset[]> {
    this.#trace(`${this.#name} assigned ${generation} ${owned.map(({ partition }) => partition).join()}`)
    const committed = await this.consumer.committed(owned).catch(() => [])
    const offsetOf = (at: number): number => committed.find(({ partition }) => partition === at)?.offset ?? 0
    return owned.map((one) => ({ ...one, offset: offsetOf(one.partition) }))
  }

  onBatch({ partition, nextOffset }: RecordBatch, generation: number): void {
    this.#trace(`${this.#name} read ${partition} to ${nextOffset}`)
    this.#next.set(partition, nextOffset)
    const commit = { topic: 't', partition, offset: nextOffset, metadata: '' }
    this.consumer.commit([commit], generation).then(
      () => this.#trace(`${this.#name} committed ${partition} at ${nextOffset}`),
      (thrown: { code: string }) => this.#trace(`${this.#name} commit ${thrown.code}`),
    )
  }

  async onRevoking(generation: number): Promise<void> {
    this.#trace(`${this.#name} revoking ${generation}`)
  }

  onFailed({ code }: { code: string }): void {
    this.#trace(`${this.#name} failed ${code}`)
  }
}

function faultOf(random: () => number): BrokerFault | null {
  const roll = random()
  if (roll < 0.05) return { kind: 'delay', ms: Math.floor(random() * 5_000) }
  if (roll < 0.08) return { kind: 'fail', retriable: true }
  if (roll < 0.1) return { kind: 'evict', noticedAfterMs: Math.floor(random() * 4_000) }
  if (roll < 0.11) return { kind: 'pause', ms: Math.floor(random() * 8_000) }
  return roll < 0.13 ? { kind: 'duplicate' } : null
}

interface Played {
  /** Everything that was seen, with its time. */
  readonly lines: readonly string[]
  /** Of each partition: what the group has committed, and the end of the log. */
  readonly ends: readonly (readonly [number | undefined, number])[]
}

/** A minute of a group, a producer and a transaction under faults, and then a minute without. */
async function play(seed: number): Promise<Played> {
  const clock = new SeededClock(seed)
  const lines: string[] = []
  const trace = (line: string): void => void lines.push(`${clock.nowMs()} ${line}`)
  const inject = ({ kind, clientId }: BrokerRequest): BrokerFault | null => {
    const fault = clock.nowMs() < 60_000 ? faultOf(clock.random) : null
    if (fault) trace(`${fault.kind} ${kind} of ${clientId}`)
    return fault
  }
  const faults = { before: inject, after: inject }
  const server = embedded({ clock, faults, rebalanceTimeoutMs: 10_000, requestTimeoutMs: 5_000 })
  server.createTopic('t', { partitions: 4 })
  const transport = server.transport()
  await transport.connect()
  const codeOf = (error: { code: string }): string => error.code
  const join = async (name: string): Promise<void> => {
    const { consumer } = new Member(transport, name, trace)
    while (
      await consumer.start().then(
        () => false,
        () => true,
      )
    )
      await clock.yield()
  }
  const write = async (): Promise<void> => {
    const plain = transport.producer({ clientId: 'plain' })
    const inTransactions = transport.transactionalProducer({ clientId: 'tx', transactionalId: 'tx', timeoutMs: 2_000 })
    await inTransactions.init().catch(codeOf)
    for (let round = 0; clock.nowMs() < 110_000; round++) {
      const record = { key: null, value: Buffer.from(String(round)), timestamp: 0, headers: [] }
      const batch = { topic: 't', partition: round % 4, records: [record] }
      trace(`plain ${await plain.send([batch]).then(([ack]) => ack?.baseOffset, codeOf)}`)
      trace(`tx ${await inTransactions.send([batch]).then(([ack]) => ack?.baseOffset, codeOf)}`)
      trace(`tx commit ${await inTransactions.commit().then(() => 'done', codeOf)}`)
      if (clock.nowMs() > 60_000) await inTransactions.init()
      await new Promise<void>((resolve) => {
        clock.schedule(Math.floor(clock.random() * 1_500), resolve)
      })
    }
  }
  void Promise.all([join('a'), join('b'), join('c'), write()])
  await clock.runUntil(120_000)
  const committed = await transport.admin.committed('g', partitions)
  const ends = await transport.admin.offsets(partitions, 'latest')
  return {
    lines,
    ends: ends.map(({ partition, offset }) => [committed.find((one) => one.partition === partition)?.offset, offset]),
  }
}

it('plays the same under the same seed, with faults of every kind, and otherwise under another', async () => {
  const seeds = [1, 2, 3, 4, 5]
  const [first, second] = [[], []] as string[][][]
  for (const seed of seeds) first?.push([...(await play(seed)).lines])
  for (const seed of seeds) second?.push([...(await play(seed)).lines])
  expect(second).toEqual(first)
  expect(new Set(first?.map((lines) => lines.join('\n'))).size).toBe(seeds.length)
  const all = first?.flat().join('\n') ?? ''
  for (const seen of [
    'delay',
    'fail',
    'evict',
    'pause',
    'duplicate',
    'GENERATION_LOST',
    'committed',
    'tx commit done',
  ]) {
    expect(all).toContain(seen)
  }
})

it('heals when the faults are over: the group commits everything up to the end', async () => {
  for (let seed = 100; seed < 130; seed++) {
    const { ends } = await play(seed)
    expect(
      ends.filter(([committed, end]) => committed !== end),
      `seed ${seed}`,
    ).toEqual([])
    expect(Math.min(...ends.map(([, end]) => end))).toBeGreaterThan(20)
  }
})

it('takes time and scheduling from its clock alone', () => {
  const sources = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
  const forbidden = /setTimeout|setInterval|setImmediate|Date\.now|new Date\(\)|Math\.random|performance\.|nextTick/
  const found = sources.filter((file) => forbidden.test(readFileSync(join(import.meta.dirname, file), 'utf8')))
  expect(sources.length).toBeGreaterThan(20)
  expect(found).toEqual(['local-clock.ts'])
})
