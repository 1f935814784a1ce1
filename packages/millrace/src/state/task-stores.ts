import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLmdbStores, type LmdbStoreOptions } from './lmdb-stores.ts'
import type { StoreFactory } from './store-factory.ts'

export interface TaskStoreOptions extends LmdbStoreOptions {
  readonly stateFolder: string
  readonly applicationId: string
  readonly taskId: string
}

/**
 * The stores of one task: persistent ones in `<stateFolder>/<applicationId>/<taskId>`, which is made when the first of
 * them is opened; the others in memory.
 */
export function createTaskStores(options: TaskStoreOptions): StoreFactory {
  return createLmdbStores(taskFolder(options.stateFolder, options.applicationId, options.taskId), options)
}

export function taskFolder(stateFolder: string, applicationId: string, taskId: string): string {
  return join(applicationFolder(stateFolder, applicationId), folderName(taskId))
}

/** The ids of tasks that have a folder, whether anybody has it open or not. */
export function localTasks(stateFolder: string, applicationId: string): readonly string[] {
  try {
    return readdirSync(applicationFolder(stateFolder, applicationId)).map(decodeURIComponent)
  } catch {
    return [] // no folder, no stores
  }
}

export function applicationFolder(stateFolder: string, applicationId: string): string {
  return join(stateFolder, folderName(applicationId))
}

/** An id as one folder, whatever characters it has. */
export function folderName(id: string): string {
  return encodeURIComponent(id)
    .replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length))
    .replaceAll('*', '%2A')
}
