const m = 0x5bd1e995

/**
 * The hash of Kafka's default partitioner: 32-bit MurmurHash2 by Austin Appleby with Kafka's seed, as a signed
 * integer. Equal to `org.apache.kafka.common.utils.Utils.murmur2`, so both place a key on the same partition.
 */
export function murmur2(data: Uint8Array): number {
  const { length } = data
  let h = 0x9747b28c ^ length
  const blocks = length >> 2
  for (let block = 0; block < blocks; block++) {
    const at = block << 2
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const rest = length & 3
  if (rest > 0) {
    const tail = length & ~3
    if (rest > 2) h ^= data[tail + 2]! << 16
    if (rest > 1) h ^= data[tail + 1]! << 8
    h = Math.imul(h ^ data[tail]!, m)
  }
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

/** The partition that Kafka's default partitioner gives a key. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}
