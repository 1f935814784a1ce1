import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreSpec } from '../../plan/index.ts'
import { createTaskStores, type StoreFactory } from '../../state/index.ts'

export interface DriverStoreOptions {
  readonly applicationId: string
  /** Default: a temporary folder, which goes with the driver. */
  readonly stateFolder?: string
  /** Where all stores live, whatever the topology says. */
  readonly storage?: StoreSpec['storage']
}

/** Where the stores of a driver's tasks live: persistent ones on disk, as in an app. */
export class DriverStores {
  readonly #options: DriverStoreOptions
  readonly #stateFolder: string

  constructor(options: DriverStoreOptions) {
    this.#options = options
    this.#stateFolder = options.stateFolder ?? join(tmpdir(), `millrace-driver-${randomUUID()}`)
    if (options.stateFolder === undefined) removeAtExit(this.#stateFolder)
  }

  open(taskId: string): StoreFactory {
    const { applicationId, storage } = this.#options
    const stores = createTaskStores({ stateFolder: this.#stateFolder, applicationId, taskId })
    return storage === undefined
      ? stores
      : { ...stores, open: <Spec extends StoreSpec>(spec: Spec) => stores.open({ ...spec, storage }) }
  }

  /** Once all that was opened is closed. */
  dispose(): void {
    if (temporaryFolders.delete(this.#stateFolder)) remove(this.#stateFolder)
  }
}

const temporaryFolders = new Set<string>()
let isWatchingExit = false

/** Also where a test does not close its driver. */
function removeAtExit(folder: string): void {
  if (!isWatchingExit) process.once('exit', () => temporaryFolders.forEach(remove))
  isWatchingExit = true
  temporaryFolders.add(folder)
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
