/** Where an item stands to a range: -1 before it, 0 in it, 1 behind it. */
export type RangeSide<T> = (item: T) => number

/** Both ends inclusive; undefined is an open end. */
export function rangeSide<T>(compare: (a: T, b: T) => number, from: T | undefined, to: T | undefined): RangeSide<T> {
  return (item) =>
    from !== undefined && compare(item, from) < 0 ? -1 : to !== undefined && compare(item, to) > 0 ? 1 : 0
}

/** By the first bytes of an item's serialised form. */
export function prefixSide<T>(toBytes: (item: T) => Buffer, prefix: Buffer): RangeSide<T> {
  return (item) => {
    const bytes = toBytes(item)
    return bytes.subarray(0, prefix.length).compare(prefix)
  }
}
