/** The CQL types a column may have. */
export type CqlType =
  | 'text'
  | 'int'
  | 'bigint'
  | 'smallint'
  | 'tinyint'
  | 'float'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'uuid'
  | 'blob'

/**
 * A column of a table: its CQL type and, as types only, what may be written (`Write`) and what a read gives (`Read`).
 * Carries its own conversion, so that every adapter accepts and refuses the same values.
 */
export interface Column<Write = unknown, Read = unknown, Type extends CqlType = CqlType> {
  readonly cqlType: Type
  /**
   * The value as the table stores it. Throws a StreamsError (ROW_INVALID) for one that does not fit: nothing is
   * truncated, nothing is coerced silently.
   */
  encode(value: Write): unknown
  /** What a read gives for a value as `encode` stores it. */
  decode(stored: unknown): Read
  /** How values of this column order within a partition when it is a clustering column: <0, 0, >0. */
  compare(left: Read, right: Read): number
  /** Never there; carries `Write` for inference. A function, so that every column is a `Column<never>`. */
  readonly write?: (value: Write) => void
  readonly read?: Read
}

export type Columns = Readonly<Record<string, Column<never, unknown>>>

/** A declared table: a plain value that gives the row type, the DDL, the INSERT and the start-up check. */
export interface TableSpec<
  C extends Columns = Columns,
  P extends keyof C & string = keyof C & string,
  K extends keyof C & string = keyof C & string,
> {
  readonly kind: 'cassandra-table'
  readonly keyspace: string
  readonly table: string
  readonly columns: C
  readonly partitionKey: readonly P[]
  readonly clusteringKey: readonly K[]
}
