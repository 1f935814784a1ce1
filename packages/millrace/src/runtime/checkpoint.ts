/** How far a local store is. */
export interface Checkpoint {
  /** Where its changelog ended at the commit that it was brought to disk with. */
  readonly end: number
  /** When that was, ms of the wall clock. */
  readonly atMs: number
}

/** What stands beside a local store; empty for one that has no changelog. */
export function writeCheckpoint(end: number | undefined, nowMs: number): Buffer {
  if (end === undefined) return Buffer.alloc(0)
  const checkpoint = Buffer.allocUnsafe(16)
  checkpoint.writeBigInt64BE(BigInt(end), 0)
  checkpoint.writeBigInt64BE(BigInt(nowMs), 8)
  return checkpoint
}

/** undefined for a store that was never brought to disk, or has no changelog. */
export function readCheckpoint(checkpoint: Buffer | undefined): Checkpoint | undefined {
  if (checkpoint?.length !== 16) return undefined
  return { end: Number(checkpoint.readBigInt64BE(0)), atMs: Number(checkpoint.readBigInt64BE(8)) }
}
