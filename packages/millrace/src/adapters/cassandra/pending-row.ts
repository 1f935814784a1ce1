import { Buffer } from 'node:buffer'
import type { RecordOrigin } from '../../ports/index.ts'
import type { FlushEpoch } from './flush-epochs.ts'
import type { Cell } from './row-layout.ts'

/** A row that is not acknowledged yet. Is what the driver takes as one statement of a batch: `query` and `params`. */
export interface PendingRow {
  readonly query: string
  params: Cell[]
  /** 0 where the server decides */
  writeTime: number
  bytes: number
  row: object
  origin: RecordOrigin
  readonly epoch: FlushEpoch
}

/** Whether writing `newer` leaves nothing to see of `older`: it sets, or deletes, every cell that `older` does. */
export function covers(newer: readonly Cell[], older: readonly Cell[]): boolean {
  for (let index = 0; index < older.length; index++) {
    if (newer[index] === undefined && older[index] !== undefined) return false
  }
  return true
}

/** Text that two lists of cells share only if they are equal between `from` and `to`. */
export function keyText(cells: readonly Cell[], from: number, to: number): string {
  if (to - from === 1) return cellText(cells[from])
  let text = ''
  for (let index = from; index < to; index++) {
    const part = cellText(cells[index])
    text += `${part.length}:${part}`
  }
  return text
}

export function sameCells(left: readonly Cell[], right: readonly Cell[], from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    const a = left[index]
    const b = right[index]
    if (a !== b && !(a instanceof Buffer && b instanceof Buffer && a.equals(b))) return false
  }
  return true
}

function cellText(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell instanceof Buffer ? cell.toString('latin1') : String(cell)
}
