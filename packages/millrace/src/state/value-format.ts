import { StreamsError } from '../errors/index.ts'
import type { SessionStoreSpec, WindowStoreSpec } from '../plan/store-spec.ts'
import type { ValueAndTimestamp } from '../ports/state-store.ts'
import type { Serde } from '../serde/serde.ts'
import { heldValue } from './held-value.ts'
import { stampedBytes, stampOf, unstamped } from './stamped-bytes.ts'

/** Where a value is held. Nothing held means: no value. */
export interface Cell {
  held: unknown
  /** ms; stays 0 in stores whose values carry no time */
  timestamp: number
}

/** How the values of one store are held in cells, and written to its changelog. */
export interface ValueFormat<V> {
  readonly isTimestamped: boolean
  /** Changes nothing if the value cannot be written: then it throws. A tombstone empties the cell. */
  write(cell: Cell, value: V): void
  /** Of a cell that holds something. */
  read(cell: Cell): V
  toBytes(cell: Cell): Buffer
  fromBytes(cell: Cell, bytes: Buffer): void
}

export function plainFormat<V>(serde: Serde<V>, storeName: string): ValueFormat<V> {
  const values = heldValue(serde, storeName)
  return {
    isTimestamped: false,
    write(cell, value) {
      cell.held = value === null || value === undefined ? undefined : values.hold(value)
    },
    read: (cell) => values.read(cell.held),
    toBytes: (cell) => values.toBytes(cell.held),
    fromBytes(cell, bytes) {
      cell.held = values.fromBytes(bytes)
    },
  }
}

export function timestampedFormat<V>(serde: Serde<V>, storeName: string): ValueFormat<ValueAndTimestamp<V>> {
  const values = heldValue(serde, storeName)
  return {
    isTimestamped: true,
    write(cell, value) {
      if (value === null || value === undefined) {
        cell.held = undefined
        return
      }
      checkTimestamp(value.timestamp, storeName)
      const inner = value.value
      cell.held = inner === null || inner === undefined ? undefined : values.hold(inner)
      cell.timestamp = value.timestamp
    },
    read: (cell) => ({ value: values.read(cell.held), timestamp: cell.timestamp }),
    toBytes: (cell) => stampedBytes(cell.timestamp, values.toBytes(cell.held)),
    fromBytes(cell, bytes) {
      const timestamp = stampOf(bytes, storeName)
      cell.held = values.fromBytes(unstamped(bytes))
      cell.timestamp = timestamp
    },
  }
}

export function timedFormat(spec: WindowStoreSpec | SessionStoreSpec): ValueFormat<unknown> {
  return spec.kind === 'window' && spec.isTimestamped
    ? (timestampedFormat(spec.valueSerde, spec.name) as ValueFormat<unknown>)
    : plainFormat(spec.valueSerde, spec.name)
}

/** Throws TIMESTAMP_INVALID unless 8 bytes and a JS number both hold it exactly. */
export function checkTimestamp(timestamp: number, storeName: string): void {
  if (Number.isSafeInteger(timestamp)) return
  throw new StreamsError({
    code: 'TIMESTAMP_INVALID',
    what: `${String(timestamp)} is not a time: whole milliseconds are`,
    hint: 'Hand over the timestamp of the record, or another whole number of ms since the epoch.',
    storeName,
  })
}
