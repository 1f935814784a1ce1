/** What stands beside a local store: where its changelog ended at the commit that it was brought to disk with; empty where there is none. */
export function writeCheckpoint(end: number | undefined): Buffer {
  if (end === undefined) return Buffer.alloc(0)
  const checkpoint = Buffer.allocUnsafe(8)
  checkpoint.writeBigInt64BE(BigInt(end))
  return checkpoint
}

/** undefined for a store that was never brought to disk, or has no changelog. */
export function readCheckpoint(checkpoint: Buffer | undefined): number | undefined {
  return checkpoint?.length === 8 ? Number(checkpoint.readBigInt64BE()) : undefined
}
