import type { RecordBatch, RecordHeader, RecordHeaders } from '../../ports/index.ts'

/** Uncompressed records of one Kafka record batch. */
export interface RecordSegment {
  readonly bytes: Buffer
  /** Where the first record begins. */
  readonly start: number
  readonly end: number
  readonly count: number
  readonly baseOffset: number
  readonly baseTimestamp: number
  /** The one timestamp of all records where the topic stamps them on arrival, else -1. */
  readonly appendTimestamp: number
}

export interface FetchedBatchOptions {
  readonly topic: string
  readonly partition: number
  /** Records below it are left out: a fetch begins with a whole batch. */
  readonly fromOffset: number
  readonly nextOffset: number
  readonly highWatermark: number
}

const noHeaders: RecordHeaders = Object.freeze([])
/** Numbers kept per record in `#fields`: key start and length, value start and length, headers start. */
const stride = 5

/**
 * A cursor over the bytes of a fetch. Construction walks the records once and notes where keys, values and headers
 * lie; what an accessor hands out is a slice of the fetch's memory.
 */
export class FetchedBatch implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
  readonly highWatermark: number
  readonly count: number
  readonly sizeBytes: number
  readonly #segments: readonly RecordSegment[]
  /** By segment: the index after its last record. */
  readonly #ends: readonly number[]
  readonly #fields: Int32Array
  readonly #offsets: Float64Array
  readonly #timestamps: Float64Array
  #segment = 0

  constructor(segments: readonly RecordSegment[], options: FetchedBatchOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.nextOffset = options.nextOffset
    this.highWatermark = options.highWatermark
    this.#segments = segments
    const index = indexRecords(segments, options.fromOffset)
    this.count = index.count
    this.sizeBytes = index.sizeBytes
    this.#ends = index.ends
    this.#fields = index.fields
    this.#offsets = index.offsets
    this.#timestamps = index.timestamps
  }

  offset(index: number): number {
    return this.#offsets[index]!
  }

  timestamp(index: number): number {
    return this.#timestamps[index]!
  }

  key(index: number): Buffer | null {
    return this.#slice(index, index * stride)
  }

  value(index: number): Buffer | null {
    return this.#slice(index, index * stride + 2)
  }

  headers(index: number): RecordHeaders {
    const start = this.#fields[index * stride + 4]!
    return start < 0 ? noHeaders : readHeaders(this.#bytesOf(index), start)
  }

  #slice(index: number, field: number): Buffer | null {
    const length = this.#fields[field + 1]!
    if (length < 0) return null
    const start = this.#fields[field]!
    return this.#bytesOf(index).subarray(start, start + length)
  }

  #bytesOf(index: number): Buffer {
    const ends = this.#ends
    let segment = this.#segment
    if (segment > 0 && index < ends[segment - 1]!) segment = 0
    while (index >= ends[segment]!) segment++
    this.#segment = segment
    return this.#segments[segment]!.bytes
  }
}

interface RecordIndex {
  readonly count: number
  readonly sizeBytes: number
  readonly ends: readonly number[]
  readonly fields: Int32Array
  readonly offsets: Float64Array
  readonly timestamps: Float64Array
}

// One reader per walk would cost an object; the walk is synchronous, so its place may live here.
let at = 0

function indexRecords(segments: readonly RecordSegment[], fromOffset: number): RecordIndex {
  let capacity = 0
  for (const segment of segments) capacity += segment.count
  const fields = new Int32Array(capacity * stride)
  const offsets = new Float64Array(capacity)
  const timestamps = new Float64Array(capacity)
  const ends: number[] = []
  let count = 0
  let sizeBytes = 0
  for (const { bytes, start, end, count: records, baseOffset, baseTimestamp, appendTimestamp } of segments) {
    let next = start
    for (let record = 0; record < records; record++) {
      at = next
      const length = readVarint(bytes)
      next = at + length
      if (length < 0 || next > end) throw new RangeError('a record is longer than its batch')
      at++ // attributes, unused
      const timestamp = baseTimestamp + readVarlong(bytes)
      const offset = baseOffset + readVarint(bytes)
      if (offset < fromOffset) continue
      const keyLength = readVarint(bytes)
      const field = count * stride
      fields[field] = at
      fields[field + 1] = keyLength
      if (keyLength > 0) at += keyLength
      const valueLength = readVarint(bytes)
      fields[field + 2] = at
      fields[field + 3] = valueLength
      if (valueLength > 0) at += valueLength
      if (at >= next) throw new RangeError('a key or value is longer than its record')
      fields[field + 4] = bytes[at] === 0 ? -1 : at
      sizeBytes += (keyLength > 0 ? keyLength : 0) + (valueLength > 0 ? valueLength : 0)
      offsets[count] = offset
      timestamps[count] = appendTimestamp < 0 ? timestamp : appendTimestamp
      count++
    }
    ends.push(count)
  }
  return { count, sizeBytes, ends, fields, offsets, timestamps }
}

/** A zigzag number of up to 32 bits. */
function readVarint(bytes: Buffer): number {
  let byte = bytes[at++]!
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
  let value = byte & 0x7f
  for (let shift = 7; byte >= 0x80; shift += 7) {
    byte = bytes[at++]!
    value |= (byte & 0x7f) << shift
  }
  return (value >>> 1) ^ -(value & 1)
}

/** A zigzag number of up to 64 bits; exact up to 2^53. */
function readVarlong(bytes: Buffer): number {
  let byte = bytes[at++]!
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
  let value = byte & 0x7f
  for (let scale = 128; byte >= 0x80; scale *= 128) {
    byte = bytes[at++]!
    value += (byte & 0x7f) * scale
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function readHeaders(bytes: Buffer, start: number): RecordHeaders {
  at = start
  const count = readVarint(bytes)
  const headers: RecordHeader[] = []
  for (let index = 0; index < count; index++) {
    const nameLength = readVarint(bytes)
    const name = bytes.toString('utf8', at, at + nameLength)
    at += nameLength
    const valueLength = readVarint(bytes)
    headers.push({ name, value: valueLength < 0 ? null : bytes.subarray(at, at + valueLength) })
    if (valueLength > 0) at += valueLength
  }
  return headers
}
