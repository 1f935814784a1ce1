import { bigint, boolean, double, int, text, timestamp } from '../../../adapters/cassandra/columns.ts'
import { cassandraTable } from '../../../adapters/cassandra/table.ts'
import type {
  AggregateQuery,
  RecordOrigin,
  SinkListener,
  SinkWriter,
  TableReader,
  TableSinkOptions,
  TableSpec,
  TableStore,
} from '../../../ports/index.ts'

/** What an adapter brings to the suite. */
export interface TableHarness {
  /** Called once per test. */
  create(): Promise<TableStoreUnderTest>
  /** A store whose server does not exist, on 127.0.0.1; without it the test of `open` is skipped. */
  unreachable?(): TableStore
  /** Tests that this adapter does not pass, by title, each with the reason, which the report shows. */
  readonly skips?: Readonly<Record<string, string>>
}

export interface TableStoreUnderTest {
  readonly store: TableStore
  /** `keyspace.table` that no other test uses, also not one of an earlier run on the same server. */
  readonly uniqueName: (prefix: string) => string
  /** Makes the table as it is declared, and its keyspace. */
  readonly createTable: (table: TableSpec) => Promise<void>
  /** Called after the suite has closed the store. */
  readonly dispose: () => Promise<void>
}

/** One test of the suite. */
export interface TableCase {
  readonly title: string
  readonly run: (context: TableCaseContext) => Promise<void>
}

export type Expect = (
  actual: unknown,
  message?: string,
) => {
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toBeGreaterThan(expected: number): void
}

export interface TableCaseContext extends TableStoreUnderTest {
  readonly unreachable: TableStore | undefined
  readonly expect: Expect
  /** Resolves when the condition holds. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>
  /** A table of ratings that exists, with an opened sink. */
  readonly ratings: (options?: Partial<TableSinkOptions>) => Promise<Ratings>
}

export const hour = '2025-03-27 09:00'
export const atMs: number = Date.UTC(2025, 2, 27, 9, 10)

export function ratingsTable(name: string): TableSpec {
  return cassandraTable(name, {
    columns: {
      name: text(),
      hour: text(),
      at: timestamp(),
      movie: text(),
      rating: int(),
      stars: double(),
      votes: bigint(),
      seen: boolean(),
      note: text(),
    },
    partitionKey: ['name', 'hour'],
    clusteringKey: ['at', 'movie'],
  })
}

/** A table with a sink and a writer, and short ways to write and read. */
export class Ratings {
  readonly table: TableSpec
  readonly writer: SinkWriter
  readonly reader: TableReader
  readonly rejected: { readonly row: unknown; readonly origin: RecordOrigin; readonly code: string }[] = []
  /** Thrown by the listener, where a test sets it. */
  onRejected: Error | undefined
  #offset = 0

  constructor(table: TableSpec, store: TableStore, openWriter: (listener: SinkListener) => SinkWriter) {
    this.table = table
    this.reader = store.reader(table)
    this.writer = openWriter({
      onRejected: (row, origin, error) => {
        if (this.onRejected !== undefined) throw this.onRejected
        this.rejected.push({ row, origin, code: error.code })
      },
    })
  }

  /** A row of Ann's at 09:10; the record's time is `time` ms after that, its offset counts up. */
  write(
    row: object,
    { time = 0, offset = this.#offset++ }: { readonly time?: number; readonly offset?: number } = {},
  ): void {
    this.writer.write({ name: 'Ann', hour, at: atMs, movie: 'Baby Dolls', ...row }, atMs + time, {
      topic: 'ratings',
      partition: 0,
      offset,
    })
  }

  async rows(columns: readonly string[], name = 'Ann', limit?: number): Promise<readonly object[]> {
    return this.reader.rows({ partition: { name, hour }, columns, ...(limit === undefined ? {} : { limit }) })
  }

  aggregate(name: AggregateQuery['function'], column?: string, of = 'Ann'): Promise<number> {
    return this.reader.aggregate({
      partition: { name: of, hour },
      function: name,
      ...(column === undefined ? {} : { column }),
    })
  }
}

export const sinkOptions: TableSinkOptions = {
  everyMs: 60_000,
  maxRows: 5_000,
  maxBytes: 4 * 1024 * 1024,
  writeTime: 'record',
}

/** Code and column of the StreamsError that `run` throws or rejects with; 'nothing' if it does not. */
export async function faultOf(run: () => unknown): Promise<unknown> {
  try {
    await run()
    return 'nothing'
  } catch (thrown) {
    const { code, context } = thrown as { code?: unknown; context?: { column?: string } }
    return context?.column === undefined ? (code ?? thrown) : `${String(code)} ${context.column}`
  }
}
