import { rm } from 'node:fs/promises'
import { formatAddress } from '../address.ts'
import { signal, type OwnProcess } from '../own-process.ts'
import { writeServiceRecord } from '../service-record.ts'
import type { Report, Server, ServiceName } from '../service.ts'
import { ticking } from '../ticking.ts'
import type { Watchdog } from '../watchdog.ts'
import { currentLogSize, killProcess, launch, stopProcess, waitUntilReady, type LaunchOptions } from './jvm-process.ts'

export interface JvmServerOptions extends LaunchOptions {
  readonly report: Report
  readonly startTimeoutMs: number
  /** Set when the server is to end with this process, and its folder with it. */
  readonly watchdog?: Watchdog | undefined
  /** A process that ran before this one came. */
  readonly running?: OwnProcess | undefined
}

/** A server that runs as a Java process of ours. */
export class JvmServer implements Server {
  readonly provider = 'jvm'
  readonly service: ServiceName
  readonly addresses: readonly string[]
  readonly isNew: boolean
  private readonly options: JvmServerOptions
  private own: OwnProcess | undefined

  constructor(options: JvmServerOptions) {
    this.options = options
    this.service = options.service.name
    this.addresses = [formatAddress(options.place)]
    this.own = options.running
    this.isNew = options.running === undefined
  }

  get pid(): number | undefined {
    return this.own?.pid
  }

  /** Starts the process and returns when it answers. */
  async start(): Promise<void> {
    const { report, place, startTimeoutMs } = this.options
    const startedAt = Date.now()
    report(`starting on ${formatAddress(place)}`)
    await ticking(
      report,
      (seconds) => `still starting (${seconds} s)`,
      async () => {
        const logFrom = await currentLogSize(this.options)
        const own = await launch(this.options)
        this.options.watchdog?.watch(own.pid)
        this.own = own
        await this.remember(own.pid)
        try {
          await waitUntilReady(this.options, own, { logFrom, timeoutMs: startTimeoutMs })
        } catch (cause) {
          await this.forget()
          throw cause
        }
      },
    )
    report(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s, pid ${this.own?.pid}`)
  }

  async stop(): Promise<void> {
    if (this.own !== undefined) await stopProcess(this.own)
    await this.forget()
  }

  async kill(): Promise<void> {
    if (this.own !== undefined) await killProcess(this.own)
    await this.forget()
  }

  async pause(): Promise<void> {
    if (this.own !== undefined) await signal(this.own, 'SIGSTOP')
  }

  async resume(): Promise<void> {
    if (this.own !== undefined) await signal(this.own, 'SIGCONT')
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async dispose(): Promise<void> {
    await this.stop()
    if (this.options.watchdog === undefined) return
    this.options.watchdog.release()
    await rm(this.options.place.dir, { recursive: true, force: true })
  }

  private async remember(pid: number | undefined): Promise<void> {
    const { dir, host, port, internalPort } = this.options.place
    const process = pid === undefined ? {} : { pid, startedAtMs: Date.now() }
    await writeServiceRecord(dir, { provider: 'jvm', host, port, internalPort, ...process })
  }

  private async forget(): Promise<void> {
    this.own = undefined
    this.options.watchdog?.watch(undefined)
    await this.remember(undefined)
  }
}
