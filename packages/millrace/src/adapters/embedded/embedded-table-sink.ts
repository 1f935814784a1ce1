import type { StartupFault } from '../../errors/index.ts'
import type { Clock, Sink, SinkListener, SinkWriter, TableSinkOptions, TableSpec } from '../../ports/index.ts'
import type { EmbeddedTable } from './embedded-table.ts'
import { nameOf } from './embedded-table-row.ts'
import { EmbeddedTableWriter } from './embedded-table-writer.ts'

/** Writes to one table in memory. */
export class EmbeddedTableSink implements Sink {
  readonly #spec: TableSpec
  readonly #table: EmbeddedTable
  readonly #options: TableSinkOptions
  readonly #clock: Clock
  readonly #writers = new Set<EmbeddedTableWriter>()

  constructor(spec: TableSpec, table: EmbeddedTable, options: TableSinkOptions, clock: Clock) {
    this.#spec = spec
    this.#table = table
    this.#options = options
    this.#clock = clock
  }

  async open(): Promise<void> {}

  /** The first declaration makes the table; a later one may differ from it. */
  async check(): Promise<readonly StartupFault[]> {
    const { columns, partitionKey, clusteringKey } = this.#table.spec
    return [
      ...Object.entries(this.#spec.columns).flatMap(([name, { cqlType }]) => {
        const real = columns[name]
        if (real === undefined) return [this.#fault(`column ${name} is missing`)]
        return real.cqlType === cqlType
          ? []
          : [this.#fault(`column ${name} is ${real.cqlType}, declared as ${cqlType}`)]
      }),
      ...this.#keyFaults('partition key', this.#spec.partitionKey, partitionKey),
      ...this.#keyFaults('clustering key', this.#spec.clusteringKey, clusteringKey),
    ]
  }

  writer(listener: SinkListener): SinkWriter {
    const writer = new EmbeddedTableWriter({
      spec: this.#spec,
      table: this.#table,
      options: this.#options,
      clock: this.#clock,
      listener,
      onAbort: (aborted) => this.#writers.delete(aborted),
    })
    this.#writers.add(writer)
    return writer
  }

  async close(): Promise<void> {
    for (const writer of this.#writers) writer.abort()
  }

  #keyFaults(key: string, declared: readonly string[], real: readonly string[]): readonly StartupFault[] {
    if (declared.join() === real.join()) return []
    return [this.#fault(`the ${key} is (${real.join(', ')}), declared as (${declared.join(', ')})`)]
  }

  #fault(what: string): StartupFault {
    return {
      code: 'TABLE_DIFFERS',
      where: `table ${nameOf(this.#spec)}`,
      what,
      hint: 'Another declaration made this table; use one for both, or another name.',
    }
  }
}
