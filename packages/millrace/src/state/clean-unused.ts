import { readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StreamsError } from '../errors/index.ts'
import { LmdbEnvironment } from './lmdb-environment.ts'
import { applicationFolder, folderName, taskFolder } from './task-stores.ts'

export interface CleanOptions {
  readonly stateFolder: string
  readonly applicationId: string
  /** Tasks whose folders stay in any case. */
  readonly keepTaskIds: readonly string[]
  readonly olderThanMs: number
  readonly nowMs: number
}

/**
 * Removes folders of tasks that nobody has open and nobody has written for that long, and gives the ids of those tasks.
 * Their state is in the changelogs. What cannot be removed stays until the next time.
 */
export function cleanUnused(options: CleanOptions): readonly string[] {
  const folder = applicationFolder(options.stateFolder, options.applicationId)
  const kept = new Set(options.keepTaskIds.map(folderName))
  const usedSince = options.nowMs - options.olderThanMs
  const names = orElse(() => readdirSync(folder), [])
  const removed = names.filter((name) => !kept.has(name) && remove(join(folder, name), usedSince))
  return removed.map(decodeURIComponent)
}

/** Deletes what is on disk of the stores of one task, unless somebody has them open. Gives whether there was anything. */
export function deleteTaskStores(stateFolder: string, applicationId: string, taskId: string): boolean {
  return remove(taskFolder(stateFolder, applicationId, taskId), Number.POSITIVE_INFINITY)
}

function remove(folder: string, usedSince: number): boolean {
  const files = orElse(() => readdirSync(folder), undefined)
  if (files === undefined || orElse(() => lastUse(folder, files), Infinity) > usedSince) return false
  const owned = own(folder)
  if (owned === 'by-another') return false
  try {
    // While it is ours, so that nobody opens what is about to go. Only what LMDB made.
    for (const file of ['data.mdb', 'lock.mdb']) rmSync(join(folder, file), { force: true })
    rmdirSync(folder)
    return true
  } catch {
    return false
  } finally {
    if (owned !== 'damaged') owned.close()
  }
}

function lastUse(folder: string, files: readonly string[]): number {
  return Math.max(statSync(folder).mtimeMs, ...files.map((file) => statSync(join(folder, file)).mtimeMs))
}

function own(folder: string): LmdbEnvironment | 'damaged' | 'by-another' {
  try {
    return new LmdbEnvironment(folder)
  } catch (error) {
    return error instanceof StreamsError && error.code === 'STORE_FAILED' ? 'damaged' : 'by-another'
  }
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
