import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers } from '../handshake.ts'
import { findFreePorts, isPortTaken } from '../ports.ts'
import type { Provider, StartRequest } from '../provider.ts'
import { serviceDir, writeServiceRecord } from '../service-record.ts'
import type { ServiceName } from '../service.ts'
import { ServicesError } from '../services-error.ts'
import { ticking } from '../ticking.ts'
import { compose, composeOrThrow, findDockerObstacle, type ComposeProject } from './compose.ts'
import { ContainerServer } from './container-server.ts'

const host = '127.0.0.1'

/** The compose project of the containers that outlive us: the one that docker-compose.yml names. */
export function lastingProject(service: ServiceName, port: number): ComposeProject {
  return { name: 'millrace', service, port }
}

/** Containers of the project's docker-compose.yml. */
export const dockerProvider: Provider = {
  name: 'docker',
  findObstacle: () => findDockerObstacle(),
  async start(request) {
    const project = await chooseProject(request)
    const isRunning = !request.ephemeral && (await isContainerRunning(project))
    if (request.fresh && !request.ephemeral)
      await composeOrThrow(project, ['rm', '--stop', '--force', '--volumes', request.service])
    const dir = request.ephemeral ? undefined : serviceDir(request.dataDir, request.service)
    if (!isRunning && (await isPortTaken({ host, port: project.port }))) throw portTaken(request, project.port)
    const server = new ContainerServer({
      project,
      isNew: request.fresh || !isRunning,
      isEphemeral: request.ephemeral,
      start: () => startContainer(project, request),
    })
    await startContainer(project, request)
    if (dir !== undefined) {
      await writeServiceRecord(dir, { provider: 'docker', host, port: project.port, startedAtMs: Date.now() })
    }
    return server
  },
}

async function chooseProject({ service, ephemeral, port }: StartRequest): Promise<ComposeProject> {
  const [freePort = 0] = await findFreePorts(host, 1)
  const project = lastingProject(service, port ?? freePort)
  return ephemeral ? { ...project, name: `${project.name}-${randomBytes(4).toString('hex')}` } : project
}

async function isContainerRunning(project: ComposeProject): Promise<boolean> {
  const { output } = await compose(project, ['ps', '--quiet', '--status', 'running', project.service], {
    timeoutMs: 10_000,
  })
  return output.trim() !== ''
}

async function startContainer(project: ComposeProject, request: StartRequest): Promise<void> {
  const { report, service, startTimeoutMs } = request
  const startedAt = Date.now()
  report(`starting a container on ${host}:${project.port}; the first time Docker downloads its image`)
  await ticking(
    report,
    (seconds) => `still starting (${seconds} s)`,
    async () => {
      // pulling an image over a slow line is not a failed start: bounded apart, and generously
      await composeOrThrow(project, ['pull', '--policy', 'missing', service], { timeoutMs: 900_000 })
      await composeOrThrow(project, ['up', '--detach', '--wait', service], { timeoutMs: startTimeoutMs })
      await waitForAnswer(project, startTimeoutMs)
    },
  )
  report(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}

async function waitForAnswer(project: ComposeProject, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await answers(project.service, { host, port: project.port }))) {
    if (Date.now() > deadline) {
      const { output } = await compose(project, ['logs', '--tail', '12', project.service], { timeoutMs: 10_000 })
      throw new ServicesError({
        code: 'START_FAILED',
        what: `The container of ${project.service} is healthy, but nothing answers on ${host}:${project.port}`,
        hint: 'Check whether Docker publishes ports on this machine.',
        logLines: output.trim().split('\n'),
      })
    }
    await sleep(200)
  }
}

function portTaken({ service }: StartRequest, port: number): ServicesError {
  return new ServicesError({
    code: 'PORT_TAKEN',
    what: `Port ${port} is taken by another program, so ${service} cannot use it`,
    hint: `Stop that program, or choose another port with --${service}-port or ${service.toUpperCase()}_PORT.`,
  })
}
