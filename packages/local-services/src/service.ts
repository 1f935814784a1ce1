/** The two servers that this package can bring up. */
export type ServiceName = 'kafka' | 'cassandra'

/** Where a server comes from: an address that was given, a Docker container, or a Java process. */
export type ProviderName = 'given' | 'docker' | 'jvm'

/** The order in which providers are tried. */
export const providerOrder: readonly ProviderName[] = ['given', 'docker', 'jvm']

/** Takes one line about what is being done, without a line end. */
export type Report = (line: string) => void

/** When Cassandra acknowledges a write: `periodic` does so before it is on disk, and loses rows on a kill. */
export type CommitLogSync = 'group' | 'batch' | 'periodic'

export interface StartOptions {
  /** A server of one's own on free ports with data in a temporary folder, gone when this process is. Default false. */
  readonly ephemeral?: boolean
  /** The port that clients use. Default 29092 for Kafka, 9042 for Cassandra; a free one when ephemeral. */
  readonly port?: number
  /** The folder for data, logs and pids of both services. Default `.services` in the project; not used when ephemeral. */
  readonly dataDir?: string
  /** Deletes the data of an earlier run first. Default false. */
  readonly fresh?: boolean
  /** Which providers are tried, in order. Default: given, docker, jvm. */
  readonly providers?: readonly ProviderName[]
  /** Default `group`: an acknowledged row survives a kill. Java provider only. */
  readonly commitLogSync?: CommitLogSync
  /** Upper limit of the Java heap in MB. Default 1024. Java provider only. */
  readonly heapMb?: number
  /** How long a server may take to become ready once it is started, in ms. Default 120,000. */
  readonly startTimeoutMs?: number
  /** Default: no report. */
  readonly report?: Report
  /** Default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A server that answers. Only an own one (not a given one) can be stopped, killed or paused. */
export interface Server {
  readonly service: ServiceName
  readonly provider: ProviderName
  /** `host:port` of each address that clients may use. */
  readonly addresses: readonly string[]
  /** The Java process; undefined when it is not ours, in a container, or down. */
  readonly pid: number | undefined
  /** Whether it was started by this call; false when it ran before. */
  readonly isNew: boolean
  /** Stops it cleanly and keeps its data; does nothing when it is given or already down. */
  stop(): Promise<void>
  /** Kills it at once (SIGKILL) and keeps its data. Code NOT_OURS when it is given. */
  kill(): Promise<void>
  /** Freezes it (SIGSTOP): connections stay open and nothing answers. Code NOT_OURS when it is given. */
  pause(): Promise<void>
  /** Lets a frozen one go on (SIGCONT). Code NOT_OURS when it is given. */
  resume(): Promise<void>
  /** Starts it again on the same address and data, after a clean stop if it still runs. Code NOT_OURS when it is given. */
  restart(): Promise<void>
  /** Stops it and, if it was ephemeral, deletes its data. */
  dispose(): Promise<void>
}
