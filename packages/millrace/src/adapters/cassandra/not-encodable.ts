import { inspect } from 'node:util'
import { StreamsError } from '../../errors/index.ts'
import type { CqlType } from '../../ports/index.ts'

/** ROW_INVALID for a value that a column cannot take; the writer adds table and column. */
export function notEncodable(cqlType: CqlType, expected: string, value: unknown): StreamsError {
  return new StreamsError({
    code: 'ROW_INVALID',
    what: `A column of type ${cqlType} takes ${expected}, but was given ${shortly(value)}`,
    hint: 'Convert the value before the sink; nothing is rounded, cut or parsed here.',
  })
}

function shortly(value: unknown): string {
  const shown = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 3 })
  return shown.length > 100 ? `${shown.slice(0, 99)}…` : shown
}
