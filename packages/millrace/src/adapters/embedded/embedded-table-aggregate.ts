import { StreamsError } from '../../errors/index.ts'
import type { AggregateQuery, CqlType } from '../../ports/index.ts'

/**
 * An aggregate over values that are not null, as Cassandra computes it: `avg` of a column of whole numbers is cut to a
 * whole number, `avg` and `sum` of nothing are 0, the minimum of nothing is NaN.
 */
export function aggregate(name: AggregateQuery['function'], values: readonly unknown[], cqlType: CqlType): number {
  switch (name) {
    case 'count':
      return values.length
    case 'exactAvg':
      return values.length === 0 ? 0 : values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length
    case 'sum':
      return sum(values)
    case 'avg':
      return values.length === 0 ? 0 : average(values, cqlType)
    case 'min':
    case 'max':
      return values.length === 0
        ? Number.NaN
        : number(values.reduce((best, value) => (isBetter(name, value, best) ? value : best)))
  }
}

function isBetter(name: 'min' | 'max', value: unknown, best: unknown): boolean {
  const [left, right] = [value as number, best as number]
  return name === 'min' ? left < right : left > right
}

function average(values: readonly unknown[], cqlType: CqlType): number {
  // bigint adds without rounding and divides as CQL does: towards zero
  if (isWhole(cqlType)) {
    const total = values.reduce<bigint>((so, value) => so + BigInt(value as number | bigint), 0n)
    return number(total / BigInt(values.length))
  }
  const mean = values.reduce<number>((so, value) => so + (value as number), 0) / values.length
  return cqlType === 'float' ? Math.fround(mean) : mean
}

function sum(values: readonly unknown[]): number {
  if (typeof values[0] === 'bigint') return number((values as readonly bigint[]).reduce((so, value) => so + value, 0n))
  return values.reduce<number>((so, value) => so + (value as number), 0)
}

function isWhole(cqlType: CqlType): boolean {
  return cqlType === 'int' || cqlType === 'bigint' || cqlType === 'smallint' || cqlType === 'tinyint'
}

function number(value: unknown): number {
  const converted = Number(value)
  if (typeof value !== 'bigint' || Number.isSafeInteger(converted)) return converted
  throw new StreamsError({
    code: 'QUERY_FAILED',
    what: `The answer ${value} is too large for a number`,
    hint: 'Read the rows and add them up as bigint.',
  })
}
