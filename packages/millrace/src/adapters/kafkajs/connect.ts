import { messageOf, StreamsError } from '../../errors/index.ts'
import type { Clock } from '../../ports/index.ts'
import type { DriverCluster } from './driver.ts'
import { failureKind, failureType } from './kafka-failure.ts'
import type { KafkaSettings } from './options.ts'
import { retrying, settlesWithin } from './retry.ts'

const fromAdvertised = 'advertised'

/**
 * Resolves when a broker has answered under the address that the cluster itself names. Rejects with
 * TRANSPORT_UNREACHABLE after `connectTimeoutMs`, at once where waiting cannot help (authentication).
 */
export async function connectWithin(cluster: DriverCluster, settings: KafkaSettings, clock: Clock): Promise<void> {
  let step = ''
  let last: unknown
  const connecting = retrying(
    clock,
    { timeoutMs: settings.connectTimeoutMs, isRetriable: (thrown) => failureKind(thrown) !== 'fatal' },
    async () => {
      try {
        step = ''
        await cluster.connect()
        step = fromAdvertised
        await cluster.refreshMetadata()
        await cluster.findControllerBroker()
      } catch (thrown) {
        last = thrown
        throw thrown
      }
    },
  )
  const isSettled = await settlesWithin(clock, connecting, settings.connectTimeoutMs)
  if (isSettled && (await succeeds(connecting))) return
  throw unreachable(settings, step, last)
}

async function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}

function unreachable(settings: KafkaSettings, step: string, cause: unknown): StreamsError {
  const address = settings.brokers.join(', ')
  const reason = cause === undefined ? `no answer within ${settings.connectTimeoutMs} ms` : messageOf(cause)
  return new StreamsError({
    code: 'TRANSPORT_UNREACHABLE',
    what: `No Kafka broker answers: ${reason}`,
    hint: hintFor(step, failureType(cause)),
    address,
    cause,
  })
}

function hintFor(step: string, type: string): string {
  if (type.includes('SASL')) return 'The broker refuses the user name, password or mechanism; check the sasl option.'
  if (step === fromAdvertised) {
    return 'The cluster answers, but names addresses that cannot be reached from here: check advertised.listeners of the brokers.'
  }
  return 'Check that Kafka runs, that the address and port are those of its listener, and whether it asks for TLS (option ssl) or a login (option sasl).'
}
