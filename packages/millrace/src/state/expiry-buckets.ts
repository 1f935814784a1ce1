const bucketsPerRetention = 16

/**
 * Who has something that expires in which sixteenth of a retention. Amortised O(1): an owner stands at most once per
 * entry in a bucket, and a bucket is looked at once, when all of it has expired.
 */
export class ExpiryBuckets<Owner> {
  readonly #widthMs: number
  readonly #buckets = new Map<number, Owner[]>()
  #oldest = Number.POSITIVE_INFINITY

  constructor(retentionMs: number) {
    this.#widthMs = Math.max(1, Math.floor(retentionMs / bucketsPerRetention))
  }

  bucketOf(time: number): number {
    return Math.floor(time / this.#widthMs)
  }

  add(bucket: number, owner: Owner): void {
    const owners = this.#buckets.get(bucket)
    if (owners === undefined) {
      this.#buckets.set(bucket, [owner])
      this.#oldest = Math.min(this.#oldest, bucket)
    } else owners.push(owner)
  }

  /** Hands out the owners of all buckets in which everything is older than `liveFrom`. */
  expire(liveFrom: number, visit: (owner: Owner) => void): void {
    const firstLive = this.bucketOf(liveFrom)
    if (this.#oldest >= firstLive) return
    let oldest = Number.POSITIVE_INFINITY
    for (const [bucket, owners] of this.#buckets) {
      if (bucket >= firstLive) oldest = Math.min(oldest, bucket)
      else {
        this.#buckets.delete(bucket)
        for (const owner of owners) visit(owner)
      }
    }
    this.#oldest = oldest
  }

  clear(): void {
    this.#buckets.clear()
    this.#oldest = Number.POSITIVE_INFINITY
  }
}
