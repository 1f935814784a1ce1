/** How far the records of one partition of a writing task have come through an internal topic. */
export interface Origin {
  readonly offset: number
  /** Which of the records that came of that offset, from 0. */
  readonly index: number
}

/** What a task commits along with its offsets: with it, its state can be restored to exactly that point. */
export interface CommitMetadata {
  /** Largest event time read, ms; -1 for none. */
  readonly streamTimeMs: number
  /** By topic: largest event time read of the task's partition of it, ms. */
  readonly partitionTimes: ReadonlyMap<string, number>
  /** By store name: the changelog offset behind its last write that belongs to the commit. */
  readonly changelogEnds: ReadonlyMap<string, number>
  /** By internal topic, then by partition of the writing task: the last record that was processed. */
  readonly origins: ReadonlyMap<string, ReadonlyMap<number, Origin>>
}

/** Reads what was committed; names are known by their hashes only. */
export interface CommittedState {
  readonly streamTimeMs: number
  /** undefined: the commit does not know the store. */
  changelogEnd(storeName: string): number | undefined
  origins(topic: string): ReadonlyMap<number, Origin>
  /** -1 where the commit does not know the topic. */
  partitionTime(topic: string): number
}

/** Brokers take 4,096 bytes of text by default (`offset.metadata.max.bytes`); base64 makes 4 characters of 3 bytes. */
export const maxMetadataBytes: number = 3_060
const version = 1
const prefix = 'mr'

/** Compact text for an offset commit: a version, then varints; names as 32-bit hashes; base64. */
export function encodeCommitMetadata(metadata: CommitMetadata): string {
  const bytes: number[] = [version]
  writeVarint(bytes, metadata.streamTimeMs + 1)
  writeVarint(bytes, metadata.changelogEnds.size)
  for (const [name, end] of metadata.changelogEnds) {
    writeHash(bytes, name)
    writeVarint(bytes, end)
  }
  writeVarint(bytes, metadata.origins.size)
  for (const [topic, origins] of metadata.origins) {
    writeHash(bytes, topic)
    writeVarint(bytes, origins.size)
    for (const [partition, { offset, index }] of origins) {
      writeVarint(bytes, partition)
      writeVarint(bytes, offset)
      writeVarint(bytes, index)
    }
  }
  writeVarint(bytes, metadata.partitionTimes.size)
  for (const [topic, ms] of metadata.partitionTimes) {
    writeHash(bytes, topic)
    writeVarint(bytes, ms)
  }
  return prefix + Buffer.from(bytes).toString('base64')
}

/** undefined for a text that is not ours, or that of another version. */
export function decodeCommitMetadata(text: string): CommittedState | undefined {
  if (!text.startsWith(prefix)) return undefined
  const reader = new Reader(Buffer.from(text.slice(prefix.length), 'base64'))
  if (reader.byte() !== version) return undefined
  const streamTimeMs = reader.varint() - 1
  const ends = new Map<number, number>()
  for (let left = reader.varint(); left > 0 && !reader.isShort; left--) ends.set(reader.hash(), reader.varint())
  const origins = new Map<number, ReadonlyMap<number, Origin>>()
  for (let left = reader.varint(); left > 0 && !reader.isShort; left--) {
    const topic = reader.hash()
    const ofTopic = new Map<number, Origin>()
    for (let inner = reader.varint(); inner > 0 && !reader.isShort; inner--) {
      ofTopic.set(reader.varint(), { offset: reader.varint(), index: reader.varint() })
    }
    origins.set(topic, ofTopic)
  }
  const times = new Map<number, number>()
  for (let left = reader.varint(); left > 0 && !reader.isShort; left--) times.set(reader.hash(), reader.varint())
  if (reader.isShort) return undefined
  return {
    streamTimeMs,
    changelogEnd: (name) => ends.get(hashOf(name)),
    partitionTime: (topic) => times.get(hashOf(topic)) ?? -1,
    origins: (topic) => origins.get(hashOf(topic)) ?? new Map<number, Origin>(),
  }
}

/** An upper bound of what a task with so many stores, topics and writing partitions commits, bytes. */
export function metadataBytesFor(stores: number, topics: number, originPartitions: number): number {
  return 32 + stores * (4 + 8) + topics * (4 + 8) + originPartitions * (5 + 8 + 3)
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
}

function writeHash(bytes: number[], name: string): void {
  const hash = hashOf(name)
  bytes.push(hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff)
}

/** FNV-1a, 32 bits. */
function hashOf(name: string): number {
  let hash = 0x81_1c_9d_c5
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01_00_01_93)
  return hash >>> 0
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Whether more was read than there was. */
  get isShort(): boolean {
    return this.#at > this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  hash(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0
  }
}
