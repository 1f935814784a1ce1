import { resolve } from 'node:path'
import { dockerProvider } from './docker/docker-provider.ts'
import { givenProvider } from './given-provider.ts'
import { jvmProvider } from './jvm/jvm-provider.ts'
import { defaultDataDir } from './paths.ts'
import type { Provider, StartRequest } from './provider.ts'
import { providerOrder, type ProviderName, type Server, type ServiceName, type StartOptions } from './service.ts'
import { ServicesError } from './services-error.ts'

const providers: Readonly<Record<ProviderName, Provider>> = {
  given: givenProvider,
  docker: dockerProvider,
  jvm: jvmProvider,
}

const defaultPorts: Readonly<Record<ServiceName, number>> = { kafka: 29_092, cassandra: 9042 }

/** Starts a server with the first provider that can, or finds the one that runs already; returns when it answers. */
export async function startServer(service: ServiceName, options: StartOptions = {}): Promise<Server> {
  const request = fillDefaults(service, options)
  const obstacles: string[] = []
  for (const name of options.providers ?? providerOrder) {
    const provider = providers[name]
    const obstacle = await provider.findObstacle(request)
    if (obstacle === undefined) return provider.start(request)
    obstacles.push(`${name}: ${obstacle}`)
  }
  throw new ServicesError({
    code: 'PROVIDER_MISSING',
    what: `Nothing here can run ${service} (${obstacles.join('; ')})`,
    hint: 'Start Docker, or install Java 17 and Maven, or name a running server in KAFKA_BROKERS or CASSANDRA_CONTACT_POINTS.',
  })
}

function fillDefaults(service: ServiceName, options: StartOptions): StartRequest {
  const ephemeral = options.ephemeral ?? false
  return {
    service,
    ephemeral,
    port: options.port ?? (ephemeral ? undefined : defaultPorts[service]),
    dataDir: resolve(options.dataDir ?? defaultDataDir),
    fresh: options.fresh ?? false,
    commitLogSync: options.commitLogSync ?? 'group',
    heapMb: options.heapMb ?? 1024,
    startTimeoutMs: options.startTimeoutMs ?? 120_000,
    report: options.report ?? (() => {}),
    env: options.env ?? process.env,
  }
}
