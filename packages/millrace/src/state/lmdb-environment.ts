import { mkdirSync, realpathSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { StreamsError } from '../errors/index.ts'
import { loadLmdb, type LmdbDatabase, type LmdbRoot } from './lmdb-driver.ts'
import { lmdbFileFault } from './lmdb-file-check.ts'
import { storeFailed } from './store-failed.ts'

const rebuildHint = 'Delete the folder: the state is rebuilt from the changelogs.'
const diskHint =
  'Check free space and permissions of the folder; nothing of this write was kept, so it can be repeated.'

const ownFolders = new Set<string>()

/**
 * One LMDB file in one folder, with one owner. Other processes are told apart by LMDB's own reader table, whose entries
 * the kernel vouches for: a crashed owner leaves no lock behind.
 */
export class LmdbEnvironment {
  readonly #file: string
  readonly #folder: string
  readonly #root: LmdbRoot
  #isClosed = false

  constructor(folder: string) {
    this.#folder = ownFolder(folder)
    this.#file = join(this.#folder, 'data.mdb')
    try {
      this.#root = openRoot(this.#folder, this.#file)
    } catch (error) {
      ownFolders.delete(this.#folder)
      throw error
    }
  }

  open(storeName: string): LmdbDatabase {
    try {
      return this.#root.openDB<Buffer, Buffer>(storeName, { encoding: 'binary', keyEncoding: 'binary' })
    } catch (cause) {
      throw storeFailed('Cannot open a persistent store', this.#file, rebuildHint, cause, storeName)
    }
  }

  /** Runs `write` in one transaction, which is on disk when this returns, or not at all. Throws STORE_FAILED. */
  transaction(write: () => void): void {
    try {
      this.#root.transactionSync(write)
      this.#extend()
    } catch (cause) {
      throw cause instanceof StreamsError ? cause : storeFailed('Cannot write state', this.#file, diskHint, cause)
    }
  }

  /** Runs a read. Throws STORE_FAILED. */
  read<T>(run: () => T): T {
    try {
      return run()
    } catch (cause) {
      throw cause instanceof StreamsError ? cause : storeFailed('Cannot read state', this.#file, rebuildHint, cause)
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    ownFolders.delete(this.#folder)
    // Nothing is pending, as all writes are synchronous: what is answered is settled.
    void this.#root.close()
  }

  /** LMDB may leave the last pages unwritten; with them a file that was cut off can be told by its length. */
  #extend(): void {
    const { lastPageNumber, pageSize } = this.#root.getStats() as { lastPageNumber: number; pageSize: number }
    const bytes = (lastPageNumber + 1) * pageSize
    if (statSync(this.#file).size < bytes) truncateSync(this.#file, bytes)
  }
}

function ownFolder(folder: string): string {
  let path: string
  try {
    mkdirSync(folder, { recursive: true })
    path = realpathSync(folder)
  } catch (cause) {
    throw storeFailed('Cannot use the folder of the state', folder, 'Choose a folder that can be written.', cause)
  }
  if (ownFolders.has(path)) throw locked(path, 'this process')
  ownFolders.add(path)
  return path
}

function openRoot(folder: string, file: string): LmdbRoot {
  const fault = faultOf(file)
  if (fault !== undefined) throw storeFailed(`The file of the state is damaged: ${fault}`, file, rebuildHint)
  const lmdb = loadLmdb()
  let root: LmdbRoot
  try {
    root = lmdb.open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxDbs: 256,
      encoding: 'binary',
      keyEncoding: 'binary',
    })
  } catch (cause) {
    throw storeFailed('Cannot open the state', folder, 'Choose a folder that can be read and written.', cause)
  }
  try {
    const other = otherOwner(root)
    if (other === undefined) return root
    throw locked(folder, `process ${other}`)
  } catch (cause) {
    void root.close()
    throw cause instanceof StreamsError ? cause : storeFailed('Cannot read state', file, rebuildHint, cause)
  }
}

function faultOf(file: string): string | undefined {
  try {
    return lmdbFileFault(file)
  } catch (cause) {
    throw storeFailed('Cannot read the state', file, 'Choose a folder that can be read and written.', cause)
  }
}

/** The process id of another reader that is alive. Our own entry stands before theirs is looked for, so two never miss each other. */
function otherOwner(root: LmdbRoot): number | undefined {
  root.get(Buffer.from('owner'))
  root.readerCheck()
  const pids = root.readerList().matchAll(/^\s*(\d+)\s/gm)
  return [...pids].map(([, pid]) => Number(pid)).find((pid) => pid !== process.pid)
}

function locked(folder: string, owner: string): StreamsError {
  return new StreamsError({
    code: 'STORE_LOCKED',
    what: `The folder of the state is in use by ${owner}`,
    hint: 'Give every instance a folder of its own, and close a task before it is opened again.',
    file: folder,
    retriable: true,
  })
}
