import type { Column, CqlType, TableSpec } from '../ports/table.ts'
import type { TopologyTypeError } from './type-error.ts'

/**
 * `unknown` when a stream of `Value` can be written to `Table`, else one sentence per column at fault. Meant to be
 * intersected with the table's type.
 */
export type SinkCheck<Value, Table extends TableSpec> = [Value] extends [Fieldless]
  ? TopologyTypeError<'a table takes values with fields, one for each column; parse() or mapValues() to an object first'>
  : unknown extends Value
    ? TopologyTypeError<'a table takes values of a known type; give a schema to json() or parse()'>
    : [Extract<Value, null | undefined>] extends [never]
      ? [Faults<Value, Table>] extends [never]
        ? unknown
        : TopologyTypeError<Faults<Value, Table>>
      : TopologyTypeError<'the values may be null or undefined, which no row can be; filter() such records out first'>

type Fieldless = string | number | bigint | boolean | symbol | Uint8Array | null | undefined

type Faults<Value, Table extends TableSpec> = {
  [Name in keyof Table['columns'] & string]: ColumnFault<Value, Table, Name>
}[keyof Table['columns'] & string]

type ColumnFault<Value, Table extends TableSpec, Name extends keyof Table['columns'] & string> =
  Name extends KeyOfUnion<Value>
    ? Name extends Table['partitionKey'][number] | Table['clusteringKey'][number]
      ? KeyFault<Field<Value, Name>, WriteOf<Table, Name>, Name>
      : ValueFault<NonNullable<Field<Value, Name>>, WriteOf<Table, Name>, Table, Name>
    : `column '${Name}' is missing in the stream's value; add it with mapValues() or take it out of the table`

type KeyFault<Given, Written, Name extends string> = [Extract<Given, null | undefined>] extends [never]
  ? [Given] extends [Written]
    ? never
    : `column '${Name}' is part of the primary key and has another type than the stream's value gives it`
  : `column '${Name}' is part of the primary key and must not be null or undefined; filter() such records out first`

type ValueFault<Given, Written, Table extends TableSpec, Name extends keyof Table['columns'] & string> = [
  Given,
] extends [Written]
  ? never
  : `column '${Name}' ${Declared<Table['columns'][Name]['cqlType']>} cannot take what the stream's value gives it; convert it with mapValues()`

/** Names the CQL type where the column's type knows it; else the sentence would come once per type that there is. */
type Declared<Type extends CqlType> = CqlType extends Type ? 'has a CQL type that' : `is declared as ${Type}() and`

type WriteOf<Table extends TableSpec, Name extends keyof Table['columns']> =
  Table['columns'][Name] extends Column<infer Write, infer _Read> ? Write : never

type KeyOfUnion<T> = T extends unknown ? keyof T : never
type Field<T, Name extends PropertyKey> = T extends unknown ? (Name extends keyof T ? T[Name] : undefined) : never
