import { Buffer } from 'node:buffer'
import { StreamsError } from '../../errors/index.ts'
import type { TableSpec } from '../../ports/index.ts'
import { nameOf } from './embedded-table-row.ts'

const maxKeyBytes = 65_535

/** The refusals that depend on a row alone: keys that Cassandra cannot store. */
export function keyRefusal(table: TableSpec, cells: readonly unknown[]): StreamsError | undefined {
  const partitionLength = table.partitionKey.length
  if (partitionLength === 1 && cellBytes(cells[0]) === 0) return refusal(table, 'the partition key is empty')
  const clusteringLength = table.clusteringKey.length
  if (keyBytes(cells, 0, partitionLength) > maxKeyBytes) return refusal(table, 'the partition key is too long')
  if (keyBytes(cells, partitionLength, partitionLength + clusteringLength) > maxKeyBytes) {
    return refusal(table, 'the clustering key is too long')
  }
  return undefined
}

function keyBytes(cells: readonly unknown[], from: number, to: number): number {
  let bytes = 0
  for (let index = from; index < to; index++) bytes += cellBytes(cells[index])
  return bytes
}

function cellBytes(cell: unknown): number {
  if (typeof cell === 'string') return cell.length < 1_000 ? cell.length : Buffer.byteLength(cell)
  return cell instanceof Buffer ? cell.length : 8
}

function refusal(table: TableSpec, why: string): StreamsError {
  return new StreamsError({
    code: 'SINK_WRITE_FAILED',
    what: `The table refuses a row: ${why}`,
    hint: `A key has at most ${maxKeyBytes} bytes, and Cassandra takes no empty one of a single column.`,
    table: nameOf(table),
  })
}
