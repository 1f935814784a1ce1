import { StreamsError } from '../../errors/index.ts'
import type { Clock } from '../../ports/index.ts'
import type { BrokerFault, BrokerFaults, BrokerRequest } from './broker-faults.ts'
import { settlesWithin } from './settles-within.ts'

export interface GateSettings {
  readonly clock: Clock
  /** How long a request waits for a server that is down. */
  readonly requestTimeoutMs: number
  readonly faults: BrokerFaults | null
}

/** The error of the request that did not get through, or whose answer was lost. */
export type RequestFailed = (why: string, retriable: boolean) => StreamsError

/** What every request passes: waits while the server is down, and suffers the faults that are injected. */
export class RequestGate {
  readonly hasFaults: boolean
  /** Called when the server can be reached again. */
  readonly readers: Set<() => void> = new Set()
  readonly #settings: GateSettings
  readonly #evict: (request: BrokerRequest, noticedAfterMs: number | null) => void
  #up: Promise<void> | null = null
  #comeUp: () => void = () => {}

  constructor(settings: GateSettings, evict: (request: BrokerRequest, noticedAfterMs: number | null) => void) {
    this.#settings = settings
    this.#evict = evict
    this.hasFaults = settings.faults !== null
  }

  get isDown(): boolean {
    return this.#up !== null
  }

  goDown(): void {
    this.#up ??= new Promise((resolve) => {
      this.#comeUp = resolve
    })
  }

  comeUp(): void {
    this.#up = null
    this.#comeUp()
    for (const wake of this.readers) wake()
  }

  /** Resolves when the server is up, however long that takes. */
  async up(): Promise<void> {
    while (this.#up) await this.#up
  }

  /** Runs the request. Without faults and while the server is up, its effect comes at once. */
  async pass<T>(request: BrokerRequest, apply: () => T, failed: RequestFailed): Promise<T> {
    if (!this.#up && !this.hasFaults) return apply()
    const fault = await this.arrive(request, failed)
    if (fault?.kind === 'duplicate' && request.kind === 'produce' && request.transactionalId === undefined) apply()
    const result = apply()
    await this.#suffer(this.#settings.faults?.after?.(request) ?? null, request, failed)
    return result
  }

  /** The way of a request to the server. */
  async arrive(request: BrokerRequest, failed: RequestFailed): Promise<BrokerFault | null> {
    await this.#reach(failed)
    const fault = this.#settings.faults?.before?.(request) ?? null
    await this.#suffer(fault, request, failed)
    return fault
  }

  async #suffer(fault: BrokerFault | null, request: BrokerRequest, failed: RequestFailed): Promise<void> {
    switch (fault?.kind) {
      case 'delay':
        await this.#sleep(fault.ms)
        break
      case 'fail':
        throw failed('a fault was injected', fault.retriable)
      case 'hang':
        await new Promise(() => {})
        break
      case 'pause':
        this.goDown()
        this.#settings.clock.schedule(fault.ms, () => this.comeUp())
        break
      case 'evict':
        this.#evict(request, fault.noticedAfterMs)
        break
      case 'duplicate':
      case undefined:
    }
    await this.#reach(failed)
  }

  async #reach(failed: RequestFailed): Promise<void> {
    const { clock, requestTimeoutMs } = this.#settings
    while (this.#up) {
      if (!(await settlesWithin(clock, requestTimeoutMs, this.#up))) {
        throw failed('the embedded server is disconnected', true)
      }
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#settings.clock.schedule(ms, resolve)
    })
  }
}

/** A failure that is not the caller's alone: TRANSPORT_FAILED. */
export function transportFailed(what: string): RequestFailed {
  return (why, retriable) =>
    new StreamsError({
      code: 'TRANSPORT_FAILED',
      what: `${what}: ${why}`,
      hint: 'Call reconnect() of the server, or take the fault away.',
      retriable,
    })
}
