import { compose, findDockerObstacle } from '../docker/compose.ts'
import { lastingProject } from '../docker/docker-provider.ts'
import { answers } from '../handshake.ts'
import { findRunning } from '../jvm/jvm-provider.ts'
import { readServiceRecord, serviceDir, type ServiceRecord } from '../service-record.ts'
import type { ServiceName } from '../service.ts'

/** What is known of a service of a data folder. */
export interface ServiceStatus {
  readonly service: ServiceName
  readonly dir: string
  /** undefined when it was never started in this folder. */
  readonly record: ServiceRecord | undefined
  readonly isRunning: boolean
  /** Whether it speaks its protocol at its address. */
  readonly isReady: boolean
  readonly pid: number | undefined
}

export async function readServiceStatus(service: ServiceName, dataDir: string): Promise<ServiceStatus> {
  const dir = serviceDir(dataDir, service)
  const record = await readServiceRecord(dir)
  if (record === undefined) return { service, dir, record, isRunning: false, isReady: false, pid: undefined }
  const pid = record.provider === 'jvm' ? (await findRunning(dir, record))?.pid : undefined
  const isRunning = record.provider === 'jvm' ? pid !== undefined : await isContainerUp(service, record)
  return { service, dir, record, isRunning, isReady: isRunning && (await answers(service, record)), pid }
}

async function isContainerUp(service: ServiceName, record: ServiceRecord): Promise<boolean> {
  if ((await findDockerObstacle()) !== undefined) return false
  const args = ['ps', '--quiet', '--status', 'running', service]
  const { output } = await compose(lastingProject(service, record.port), args, { timeoutMs: 10_000 })
  return output.trim() !== ''
}
