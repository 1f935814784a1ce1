import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { messageOf, type StartupFault } from '../../errors/index.ts'
import type { Logger } from '../../ports/logger.ts'
import type { LookupTable } from '../../ports/lookup-table.ts'
import { readCsvRows, type CsvRows, type Row } from './csv-rows.ts'
import type { CsvTableSettings } from './csv-table-settings.ts'
import { FaultList } from './fault-list.ts'

const none: readonly never[] = Object.freeze([])
const shownDuplicates = 5

/** The running table of a CSV file. Its rows are of one state of the file, and change only as a whole. */
export class CsvLookupTable<R> implements LookupTable<string, R> {
  readonly #settings: CsvTableSettings
  readonly #file: string
  readonly #logger: Logger
  #byKey: ReadonlyMap<string, readonly Row[]> = new Map()
  #rowCount = 0
  #stopWatching: (() => void) | undefined
  #isClosed = false
  #isReading = false
  #isChanged = false

  constructor(settings: CsvTableSettings, logger: Logger) {
    this.#settings = settings
    const fromHere = relative(process.cwd(), settings.path)
    this.#file = fromHere.startsWith('..') || isAbsolute(fromHere) ? settings.path : fromHere
    this.#logger = logger.child({ file: this.#file })
  }

  get size(): number {
    return this.#rowCount
  }

  get(key: string): readonly R[] {
    return (this.#byKey.get(key) ?? none) as readonly R[]
  }

  async load(): Promise<readonly StartupFault[]> {
    // Before reading, so that no change falls between.
    this.#watch()
    this.#isReading = true
    const faults = await this.#read()
    this.#isReading = false
    if (this.#isChanged) void this.#reload()
    return faults
  }

  close(): void {
    this.#isClosed = true
    this.#stopWatching?.()
    this.#stopWatching = undefined
  }

  async #read(): Promise<readonly StartupFault[]> {
    const faults = new FaultList(this.#file)
    let bytes: Buffer
    try {
      bytes = await readFile(this.#settings.path)
    } catch (thrown) {
      const hint = `Check the path and its permissions; relative paths start at ${process.cwd()}.`
      faults.add('FILE_UNREADABLE', undefined, `the file cannot be read: ${messageOf(thrown)}`, hint)
      return faults.toArray()
    }
    const rows = await readCsvRows(bytes, this.#settings, faults)
    if (faults.count > 0 || this.#isClosed) return faults.toArray()
    this.#byKey = rows.byKey
    this.#rowCount = rows.rowCount
    this.#report(rows)
    return []
  }

  #report({ rowCount, duplicates, duplicateCount }: CsvRows): void {
    if (rowCount === 0) this.#logger.warn({}, 'csv table has no rows')
    else this.#logger.info({ rows: rowCount, keys: this.#byKey.size }, 'csv table read')
    if (duplicateCount === 0) return
    const examples = [...duplicates].slice(0, shownDuplicates).map(([key, lines]) => ({ key, lines }))
    const { onDuplicateKey } = this.#settings
    const fields = { onDuplicateKey, duplicateKeys: duplicateCount, examples }
    if (onDuplicateKey === 'fanOut') this.#logger.info(fields, 'keys that stand there more than once give several rows')
    else this.#logger.warn(fields, `of keys that stand there more than once, the ${onDuplicateKey} row is kept`)
  }

  #watch(): void {
    const { path, reloadEveryMs } = this.#settings
    if (reloadEveryMs === undefined || this.#stopWatching !== undefined || this.#isClosed) return
    // Polls the path, so a file that is replaced by renaming is seen as well as one that is written to, on any disk.
    const onChange = (): void => void this.#reload()
    watchFile(path, { interval: reloadEveryMs, persistent: false }, onChange)
    this.#stopWatching = () => unwatchFile(path, onChange)
  }

  async #reload(): Promise<void> {
    this.#isChanged = true
    if (this.#isReading) return
    this.#isReading = true
    while (this.#isChanged && !this.#isClosed) {
      this.#isChanged = false
      const faults = await this.#read()
      if (faults.length > 0) this.#logger.error({ faults }, 'csv table has changed and has faults; the old rows stay')
    }
    this.#isReading = false
  }
}
