import type { ErrorCode, StartupFault } from '../../errors/index.ts'

const keptFaults = 50

/** The faults of one file: the first fifty, and how many there are. */
export class FaultList {
  readonly #file: string
  readonly #faults: StartupFault[] = []
  #count = 0

  constructor(file: string) {
    this.#file = file
  }

  get count(): number {
    return this.#count
  }

  /** `line` counts from 1; absent where the fault is the file's. */
  add(code: ErrorCode, line: number | undefined, what: string, hint: string): void {
    this.#count++
    if (this.#faults.length >= keptFaults) return
    this.#faults.push({ code, where: line === undefined ? this.#file : `${this.#file}:${line}`, what, hint })
  }

  toArray(): readonly StartupFault[] {
    const more = this.#count - this.#faults.length
    const last = this.#faults.at(-1)
    if (more === 0 || last === undefined) return this.#faults
    const what = `${more} more ${more === 1 ? 'fault' : 'faults'} in this file`
    return [...this.#faults, { code: last.code, where: this.#file, what, hint: 'Mend the first ones and start again.' }]
  }
}
