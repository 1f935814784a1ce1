import { Buffer } from 'node:buffer'
import type { Column, CqlType } from '../../ports/index.ts'
import { compareUtf8, compareUuid } from './clustering-order.ts'
import { notEncodable } from './not-encodable.ts'

// What `encode` gives is what every adapter stores: strings, numbers, booleans, bigint for bigint, ms for timestamp,
// lower-case text for uuid, Buffer for blob. A column is a constant: it has no state and no name.

/** Text of any length. Compares by its UTF-8 bytes. */
export const text = (): Column<string, string, 'text'> => textColumn
/** A whole number of 32 bits. */
export const int = (): Column<number, number, 'int'> => intColumn
/** A whole number of 16 bits. */
export const smallint = (): Column<number, number, 'smallint'> => smallintColumn
/** A whole number of 8 bits. */
export const tinyint = (): Column<number, number, 'tinyint'> => tinyintColumn
/** A whole number of 64 bits: takes a bigint or a safe integer, reads as bigint. */
export const bigint = (): Column<number | bigint, bigint, 'bigint'> => bigintColumn
/** A number of 32 bits; what is written is rounded to the nearest one that fits. */
export const float = (): Column<number, number, 'float'> => floatColumn
/** A number of 64 bits, as JavaScript has it. */
export const double = (): Column<number, number, 'double'> => doubleColumn
export const boolean = (): Column<boolean, boolean, 'boolean'> => booleanColumn
/** A point in time: takes a Date or ms since the epoch, reads as Date. */
export const timestamp = (): Column<Date | number, Date, 'timestamp'> => timestampColumn
/** A UUID as text, e.g. `5f0c1e4e-0b4b-4c57-9b51-4ad7a1a6c0de`; reads in lower case. */
export const uuid = (): Column<string, string, 'uuid'> => uuidColumn
/** Bytes. */
export const blob = (): Column<Uint8Array, Buffer, 'blob'> => blobColumn

const compareNumbers = (left: number, right: number): number => left - right

function integer<Type extends CqlType>(cqlType: Type, bits: number): Column<number, number, Type> {
  const max = 2 ** (bits - 1) - 1
  const min = -(2 ** (bits - 1))
  const expected = `a whole number from ${min} to ${max}`
  return Object.freeze<Column<number, number, Type>>({
    cqlType,
    encode(value) {
      if (Number.isInteger(value) && value >= min && value <= max) return value
      throw notEncodable(cqlType, expected, value)
    },
    decode: (stored) => stored as number,
    compare: compareNumbers,
  })
}

const intColumn = integer('int', 32)
const smallintColumn = integer('smallint', 16)
const tinyintColumn = integer('tinyint', 8)

const textColumn = Object.freeze<Column<string, string, 'text'>>({
  cqlType: 'text',
  encode(value) {
    if (typeof value === 'string') return value
    throw notEncodable('text', 'a string', value)
  },
  decode: (stored) => stored as string,
  compare: compareUtf8,
})

const bigintColumn = Object.freeze<Column<number | bigint, bigint, 'bigint'>>({
  cqlType: 'bigint',
  encode(value) {
    if (typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value))
      return BigInt(value)
    throw notEncodable('bigint', 'a bigint of 64 bits, or a number that is a safe integer', value)
  },
  decode: (stored) => stored as bigint,
  compare: (left, right) => (left < right ? -1 : left > right ? 1 : 0),
})

const floatColumn = Object.freeze<Column<number, number, 'float'>>({
  cqlType: 'float',
  encode(value) {
    const rounded = typeof value === 'number' ? Math.fround(value) : Number.NaN
    if (Number.isFinite(rounded)) return rounded
    throw notEncodable('float', 'a finite number within the range of 32 bits', value)
  },
  decode: (stored) => stored as number,
  compare: compareNumbers,
})

const doubleColumn = Object.freeze<Column<number, number, 'double'>>({
  cqlType: 'double',
  encode(value) {
    if (Number.isFinite(value)) return value
    throw notEncodable('double', 'a finite number', value)
  },
  decode: (stored) => stored as number,
  compare: compareNumbers,
})

const booleanColumn = Object.freeze<Column<boolean, boolean, 'boolean'>>({
  cqlType: 'boolean',
  encode(value) {
    if (typeof value === 'boolean') return value
    throw notEncodable('boolean', 'true or false', value)
  },
  decode: (stored) => stored as boolean,
  compare: (left, right) => Number(left) - Number(right),
})

const timestampColumn = Object.freeze<Column<Date | number, Date, 'timestamp'>>({
  cqlType: 'timestamp',
  encode(value) {
    const ms = value instanceof Date ? value.getTime() : value
    // the range of Date, so that what is written can be read
    if (Number.isInteger(ms) && Math.abs(ms) <= 8.64e15) return ms
    throw notEncodable('timestamp', 'a valid Date, or whole ms since the epoch', value)
  },
  decode: (stored) => new Date(stored as number),
  compare: (left, right) => left.getTime() - right.getTime(),
})

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

const uuidColumn = Object.freeze<Column<string, string, 'uuid'>>({
  cqlType: 'uuid',
  encode(value) {
    if (typeof value === 'string' && uuidPattern.test(value)) return value.toLowerCase()
    throw notEncodable('uuid', 'a UUID as text', value)
  },
  decode: (stored) => stored as string,
  compare: compareUuid,
})

const blobColumn = Object.freeze<Column<Uint8Array, Buffer, 'blob'>>({
  cqlType: 'blob',
  encode(value) {
    if (!(value instanceof Uint8Array)) throw notEncodable('blob', 'a Buffer or Uint8Array', value)
    // a copy: the caller may use its buffer again before the row is written
    return Buffer.from(value)
  },
  decode: (stored) => stored as Buffer,
  compare: (left, right) => Buffer.compare(left, right),
})
