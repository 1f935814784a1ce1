import type { Columns, TableSpec } from './table.ts'

type ReadOf<C> = C extends { readonly read?: infer Read } ? Exclude<Read, undefined> : never
type WriteOf<C> = C extends { readonly write?: (value: infer Write) => void } ? Write : never

type ColumnsOf<T extends TableSpec> = T['columns'] & Columns
type PartitionColumn<T extends TableSpec> = T['partitionKey'][number]
type KeyColumn<T extends TableSpec> = PartitionColumn<T> | T['clusteringKey'][number]

/** The names of a table's columns. */
export type ColumnName<T extends TableSpec> = keyof T['columns'] & string

/** The columns of a table that `avg`, `sum` and the like can take. */
export type NumericColumn<T extends TableSpec> = {
  [Name in ColumnName<T>]: ReadOf<ColumnsOf<T>[Name]> extends number | bigint ? Name : never
}[ColumnName<T>]

/** A row as a read gives it: the parts of the primary key are always there, any other cell may be null. */
export type RowOf<T extends TableSpec> = {
  readonly [Name in ColumnName<T>]: Name extends KeyColumn<T>
    ? ReadOf<ColumnsOf<T>[Name]>
    : ReadOf<ColumnsOf<T>[Name]> | null
}

/** A row as a sink takes it: `undefined`, or a column left out, leaves the cell as it is; `null` deletes it. */
export type WriteRow<T extends TableSpec> = {
  readonly [Name in KeyColumn<T>]: WriteOf<ColumnsOf<T>[Name]>
} & {
  readonly [Name in Exclude<ColumnName<T>, KeyColumn<T>>]?: WriteOf<ColumnsOf<T>[Name]> | null | undefined
}

/** What names one partition of a table. */
export type PartitionOf<T extends TableSpec> = {
  readonly [Name in PartitionColumn<T>]: WriteOf<ColumnsOf<T>[Name]>
}
