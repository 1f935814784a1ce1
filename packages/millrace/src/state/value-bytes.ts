import { bytesOf, latin1Of } from './held-bytes.ts'
import type { Cell, ValueFormat } from './value-format.ts'

/** A value's bytes, one character for each, and its time; undefined when it is a tombstone. */
export function writeHeld<V>(
  format: ValueFormat<V>,
  value: V,
): { readonly held: string; readonly timestamp: number } | undefined {
  const cell: Cell = { held: undefined, timestamp: 0 }
  format.write(cell, value)
  if (cell.held === undefined) return undefined
  return { held: latin1Of(format.toBytes(cell)), timestamp: cell.timestamp }
}

export function readHeld<V>(format: ValueFormat<V>, held: string): V {
  const cell: Cell = { held: undefined, timestamp: 0 }
  format.fromBytes(cell, bytesOf(held))
  return format.read(cell)
}
