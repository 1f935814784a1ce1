import { StreamsError } from '../../errors/index.ts'

/** How to reach and use a Kafka cluster. Everything but `brokers` has a default. */
export interface KafkaOptions {
  /** Addresses to start from, `host:port`. The cluster tells the rest. */
  readonly brokers: readonly string[]
  /** Name in the brokers' logs and quotas. Default 'millrace'. */
  readonly clientId?: string
  /** TLS. `true` trusts the system's authorities. Default: plain text. */
  readonly ssl?: boolean | KafkaTls
  readonly sasl?: KafkaSasl
  /** How long `connect` tries before TRANSPORT_UNREACHABLE, ms. Default 10,000. */
  readonly connectTimeoutMs?: number
  /** How long one request may take, ms. Default 30,000. */
  readonly requestTimeoutMs?: number
  /** How long admin calls, commits, sends and steps of transactions retry what may heal, ms. Default 300,000. */
  readonly retryTimeoutMs?: number
  /**
   * A member that is silent for so long is expelled, ms; also how long a killed instance blocks its partitions.
   * Default 10,000; brokers allow 6,000 to 1,800,000 unless told otherwise.
   */
  readonly sessionTimeoutMs?: number
  /** How long members have to rejoin, ms. Half of it bounds the wait for `onRevoking`. Default 60,000. */
  readonly rebalanceTimeoutMs?: number
  /** Also how soon a member learns of a rebalance, ms. Default 1,000. */
  readonly heartbeatIntervalMs?: number
  /** How long a broker holds a fetch when there is nothing to read, ms. Does not delay records. Default 250. */
  readonly maxWaitMs?: number
  /** Most bytes of one partition in a fetch. Default 1 MiB. */
  readonly maxBytesPerPartition?: number
  /** Most bytes of one fetch. Default 10 MiB. */
  readonly maxBytesPerFetch?: number
  /** Verify the checksum of what is read. Default true. */
  readonly checkCrcs?: boolean
  /** Largest record batch to produce, bytes before compression; the broker's limit is 1 MiB. Default 960 KiB. */
  readonly maxBatchBytes?: number
  /** How long a consumer tries to get back to a cluster that it cannot reach before CONSUMER_FAILED, ms. Default 300,000. */
  readonly outageTimeoutMs?: number
  /**
   * How often a consumer is restarted after other failures, or fails soon after it has joined, before CONSUMER_FAILED. Forgiven after 30 s of undisturbed
   * work. Default 30, which is at least four minutes.
   */
  readonly restartBudget?: number
}

/** PEM texts, and whether to verify the server. */
export interface KafkaTls {
  readonly ca?: string | readonly string[]
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Default: the host of the address. */
  readonly servername?: string
  /** Default true. */
  readonly rejectUnauthorized?: boolean
}

export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  | {
      readonly mechanism: 'oauthbearer'
      /** Asked again whenever a connection authenticates. */
      readonly token: () => Promise<string>
    }

/** The options with every default filled in. */
export type KafkaSettings = Required<Omit<KafkaOptions, 'ssl' | 'sasl'>> & Pick<KafkaOptions, 'ssl' | 'sasl'>

const defaults = {
  clientId: 'millrace',
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  retryTimeoutMs: 300_000,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  heartbeatIntervalMs: 1_000,
  maxWaitMs: 250,
  maxBytesPerPartition: 1_048_576,
  maxBytesPerFetch: 10_485_760,
  checkCrcs: true,
  maxBatchBytes: 983_040,
  outageTimeoutMs: 300_000,
  restartBudget: 30,
} as const satisfies Omit<KafkaSettings, 'brokers'>

/** Fills in defaults. Throws OPTION_INVALID. */
export function resolveKafkaOptions(options: KafkaOptions): KafkaSettings {
  const settings: KafkaSettings = { ...defaults, ...withoutUndefined(options) }
  const fault = brokersFault(settings.brokers) ?? numbersFault(settings)
  if (fault) {
    throw new StreamsError({
      code: 'OPTION_INVALID',
      what: `Kafka options: ${fault}`,
      hint: 'Mend the option that is named.',
    })
  }
  return settings
}

/** An option given as `undefined` means the default, as if it were absent. */
function withoutUndefined(options: KafkaOptions): KafkaOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as KafkaOptions
}

function brokersFault(brokers: readonly string[]): string | undefined {
  if (brokers.length === 0) return 'brokers is empty; name at least one as host:port'
  const wrong = brokers.find((broker) => !/^[^:\s/]+:\d{1,5}$/.test(broker))
  return wrong === undefined ? undefined : `brokers has '${wrong}', which is not host:port`
}

function numbersFault(settings: KafkaSettings): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    const least = name === 'restartBudget' ? 0 : 1
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= least)) {
      return `${name} is ${value}, which is not a whole number of at least ${least}`
    }
  }
  if (settings.heartbeatIntervalMs * 2 > settings.sessionTimeoutMs) {
    return 'heartbeatIntervalMs is more than half of sessionTimeoutMs'
  }
  return undefined
}
