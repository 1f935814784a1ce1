import type { ProviderName, Report, Server, ServiceName, StartOptions } from './service.ts'

/** The options of a start with every default filled in. */
export interface StartRequest extends Required<Omit<StartOptions, 'port' | 'providers'>> {
  readonly service: ServiceName
  /** undefined: a free one. */
  readonly port: number | undefined
  readonly report: Report
}

/** One way to get a server. */
export interface Provider {
  readonly name: ProviderName
  /** Why it cannot serve this request, in a few words; undefined when it can. */
  findObstacle(request: StartRequest): Promise<string | undefined>
  /** Returns when the server answers. */
  start(request: StartRequest): Promise<Server>
}
