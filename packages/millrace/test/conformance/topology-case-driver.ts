import type { Topology } from 'millrace'
import { testDriver, type TestDriver } from 'millrace/testing'
import type { CaseRecord } from './case.ts'
import type { CaseDriver } from './case-driver.ts'
import { text } from './topologies/text.ts'

/** Runs a case on the driver that users test with. */
export class TopologyCaseDriver implements CaseDriver {
  readonly #driver: TestDriver

  constructor(topology: Topology) {
    this.#driver = testDriver(topology)
  }

  send({ topic, key, value, timestamp, headers }: CaseRecord): void {
    const bytes = headers.map((header) => ({ name: header.name, value: Buffer.from(header.value) }))
    this.#driver.input(topic).send(key, value, { at: timestamp, headers: bytes })
  }

  advance(byMs: number): void {
    this.#driver.advanceWallClock(byMs)
  }

  outputs(): readonly CaseRecord[] {
    return this.#driver.outputs().map(({ topic, key, value, timestamp, headers }) => ({
      topic,
      key: textOrNull(key),
      value: textOrNull(value),
      timestamp,
      headers: headers.map((header) => ({ name: header.name, value: header.value?.toString() ?? 'null' })),
    }))
  }

  dropped(): number {
    return this.#driver.total('records-dropped') + this.#driver.total('records-skipped')
  }

  store(name: string): unknown {
    return this.#driver.store(name)
  }
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : text(value)
}
