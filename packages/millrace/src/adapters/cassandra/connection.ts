import type driver from 'cassandra-driver'
import { StreamsError } from '../../errors/index.ts'
import type { Clock } from '../../ports/index.ts'
import { createClient } from './driver.ts'
import { driverReason } from './driver-reason.ts'
import type { CassandraOptions } from './options.ts'

/** One client for all sinks and readers of a store; connects when it is first needed. */
export class CassandraConnection {
  readonly addresses: string
  readonly #options: CassandraOptions
  readonly #clock: Clock
  #connecting: Promise<driver.Client> | undefined
  #isClosed = false

  constructor(options: CassandraOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.addresses = options.contactPoints.join(', ')
  }

  /** Resolves with a connected client. Rejects with SINK_UNREACHABLE after a bounded time, or SINK_CLOSED. */
  async client(): Promise<driver.Client> {
    if (this.#isClosed) throw closedError()
    this.#connecting ??= this.#connect()
    try {
      return await this.#connecting
    } catch (error) {
      this.#connecting = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const client = await this.#connecting?.catch(() => undefined)
    await client?.shutdown()
  }

  async #connect(): Promise<driver.Client> {
    const limitMs = this.#options.connectTimeoutMs ?? 10_000
    const client = createClient(this.#options)
    // after an outage the driver puts a new host in the place of the old one, whose pool would reconnect for ever
    client.on('hostRemove', (host: Pool) => void host.shutdown(false).catch(noop))
    const connected = client.connect()
    let cancel = (): void => {}
    const timeout = new Promise<never>((_, reject) => {
      cancel = this.#clock.schedule(limitMs, () => reject(this.#unreachable(`no answer within ${limitMs} ms`)))
    })
    try {
      await Promise.race([connected, timeout])
      return client
    } catch (error) {
      // a connect that goes on in the background must not outlive us, and its failure is this one
      void connected.then(noop, noop).then(() => client.shutdown().then(noop, noop))
      throw error instanceof StreamsError ? error : this.#unreachable(driverReason(error), error)
    } finally {
      cancel()
    }
  }

  #unreachable(reason: string, cause?: unknown): StreamsError {
    return new StreamsError({
      code: 'SINK_UNREACHABLE',
      what: `Cannot connect to Cassandra: ${reason}`,
      hint: `Check that a node runs at one of these addresses, and that its data centre is '${this.#options.localDataCenter}'.`,
      address: this.addresses,
      retriable: true,
      cause,
    })
  }
}

/** A host as the driver has it inside: with its connections. */
interface Pool {
  shutdown(waitForPending: boolean): Promise<void>
}

export function closedError(): StreamsError {
  return new StreamsError({
    code: 'SINK_CLOSED',
    what: 'The table store is closed, or its task gave up',
    hint: 'What was not acknowledged is read again by whoever owns the partition next.',
  })
}

function noop(): void {}
