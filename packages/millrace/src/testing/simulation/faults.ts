import type { BrokerFault, BrokerFaults, BrokerRequest } from '../../adapters/embedded/index.ts'
import type { Random } from './random.ts'

/**
 * - `crash`: a process stops dead, at a request, at its answer, or at any other time; its member is evicted later.
 * - `lostAck`: something has had its effect, and its answer is a failure.
 * - `refuse`: a request fails without an effect.
 * - `duplicate`: what is produced arrives twice.
 * - `delay`: a request or an answer takes long.
 * - `pause`: the broker answers nobody for some time.
 * - `zombie`: a member loses its session and does not know for a while, in which it goes on writing, or stands still first.
 * - `rebalance`: processes join and leave.
 * - `slowSink`, `failingSink`: rows take long; are refused for a while, or written with the answer lost.
 */
export const faultKinds = [
  'crash',
  'lostAck',
  'refuse',
  'duplicate',
  'delay',
  'pause',
  'zombie',
  'rebalance',
  'slowSink',
  'failingSink',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** The name of the simulation's own client, which suffers nothing. */
export const observerId = 'simulation'

/** Faults as the seed has them: which kinds, how often, and until when. */
export class Faults {
  readonly #random: Random
  readonly #rates = new Map<FaultKind, number>()
  readonly #trace: (line: string) => void
  isOn = false
  /** So that a run ends: crashes are dear. */
  #crashesLeft: number

  constructor(random: Random, allowed: readonly FaultKind[], trace: (line: string) => void) {
    this.#random = random
    this.#trace = trace
    this.#crashesLeft = random.between(1, 8)
    // a run with few kinds of faults, each of them often, finds what a run with all of them does not
    for (const kind of faultKinds) {
      const isMet = random.chance(0.5)
      const rate = random.pick([0.3, 1, 3])
      if (isMet && allowed.includes(kind)) this.#rates.set(kind, rate)
    }
  }

  /** Which kinds are met in this run. */
  get kinds(): readonly FaultKind[] {
    return [...this.#rates.keys()]
  }

  /** Whether a fault is met now, which as a rule is met so often. */
  meets(kind: FaultKind, probability: number): boolean {
    return this.isOn && this.#random.chance(probability * (this.#rates.get(kind) ?? 0))
  }

  meetsCrash(): boolean {
    if (this.#crashesLeft === 0 || !this.meets('crash', 0.01)) return false
    this.#crashesLeft--
    return true
  }

  /** What the embedded broker asks. */
  get ofBroker(): BrokerFaults {
    return {
      before: (request) => this.#told(request, this.#before(request)),
      after: (request) => this.#told(request, this.#after(request)),
    }
  }

  #before(request: BrokerRequest): BrokerFault | null {
    if (request.clientId === observerId) return null
    if (request.kind === 'produce' && this.meets('duplicate', 0.05)) return { kind: 'duplicate' }
    if (this.meets('refuse', request.kind === 'produce' ? 0.003 : 0.01)) return { kind: 'fail', retriable: true }
    if (request.memberId !== undefined && this.meets('zombie', 0.004)) {
      return { kind: 'evict', noticedAfterMs: this.#random.between(100, 8_000) }
    }
    if (this.meets('pause', 0.001)) return { kind: 'pause', ms: this.#random.between(100, 6_000) }
    return this.#delay()
  }

  #after({ kind, clientId }: BrokerRequest): BrokerFault | null {
    if (clientId === observerId) return null
    if (this.meets('lostAck', kind === 'produce' ? 0.004 : 0.015)) return { kind: 'fail', retriable: true }
    return this.#delay()
  }

  /** Every request takes some time, so that requests overtake each other. */
  #delay(): BrokerFault | null {
    if (this.meets('delay', 0.02)) return { kind: 'delay', ms: this.#random.between(50, 3_000) }
    return this.isOn && this.#random.chance(0.3) ? { kind: 'delay', ms: this.#random.between(0, 20) } : null
  }

  #told(request: BrokerRequest, fault: BrokerFault | null): BrokerFault | null {
    if (fault !== null && !(fault.kind === 'delay' && fault.ms <= 20)) {
      this.#trace(`broker: ${fault.kind} of ${request.kind} ${request.memberId ?? request.transactionalId ?? ''}`)
    }
    return fault
  }
}
