import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProviderName, ServiceName } from './service.ts'

/** What a data folder remembers of the server that it belongs to, so that another process can stop it. */
export interface ServiceRecord {
  readonly provider: Exclude<ProviderName, 'given'>
  readonly host: string
  readonly port: number
  /** Java provider: the port for the server's talk with itself. */
  readonly internalPort?: number
  /** Java provider: the process; absent once it is stopped. */
  readonly pid?: number
  readonly startedAtMs?: number
}

export function serviceDir(dataDir: string, service: ServiceName): string {
  return join(dataDir, service)
}

export async function readServiceRecord(dir: string): Promise<ServiceRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, 'service.json'), 'utf8')) as ServiceRecord
  } catch {
    // no file, or one that was cut off: as good as never started
    return undefined
  }
}

export async function writeServiceRecord(dir: string, record: ServiceRecord): Promise<void> {
  await mkdir(dir, { recursive: true })
  const file = join(dir, 'service.json')
  await writeFile(`${file}.new`, `${JSON.stringify(record, undefined, 2)}\n`)
  await rename(`${file}.new`, file)
}
