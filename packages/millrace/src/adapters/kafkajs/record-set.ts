import { StreamsError, type ErrorContext } from '../../errors/index.ts'
import type { RecordBatch } from '../../ports/index.ts'
import { decompress } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import { FetchedBatch, type FetchedBatchOptions, type RecordSegment } from './fetched-batch.ts'
import { readLong, type AbortedTransaction, type FetchedPartition } from './fetch-response.ts'
import { MessageBatch } from './message-batch.ts'

export interface DecodeOptions {
  /** The position that was fetched. */
  readonly fromOffset: number
  readonly readCommitted: boolean
  readonly checkCrcs: boolean
}

// The record batch format, version 2: where each field lies.
const lengthAt = 8
const crcAt = 17
const attributesAt = 21
const lastOffsetDeltaAt = 23
const baseTimestampAt = 27
const maxTimestampAt = 35
const producerIdAt = 43
const countAt = 57
const recordsAt = 61
const codecMask = 0x07
const appendTimeMask = 0x08
const transactionalMask = 0x10
const controlMask = 0x20

/**
 * The records of a fetched partition as one batch; null when no whole record batch came. Control records and aborted
 * transactions are left out, and `nextOffset` passes them. A promise only when something large is decompressed.
 * Throws CODEC_MISSING, and TRANSPORT_FAILED (retriable) for bytes that are damaged.
 */
export function decodeRecords(
  fetched: FetchedPartition,
  options: DecodeOptions,
): RecordBatch | null | Promise<RecordBatch | null> {
  const { topic, partition, records, highWatermark } = fetched
  const place = { topic, partition, offset: options.fromOffset }
  if (!Buffer.isBuffer(records)) {
    const last = records.at(-1)
    if (!last) return null
    return new MessageBatch(records, {
      ...place,
      fromOffset: place.offset,
      nextOffset: Number(last.offset) + 1,
      highWatermark,
    })
  }
  const found = findBatches(records, fetched.aborted, options, place)
  if (found.nextOffset < 0) return null
  const batchOptions = { topic, partition, fromOffset: options.fromOffset, nextOffset: found.nextOffset, highWatermark }
  const bodies = guarded(place, () => found.batches.map(({ codec, body }) => decompress(codec, body)))
  if (!bodies.some((body) => body instanceof Promise)) {
    return guarded(place, () => assemble(found.batches, bodies as readonly Buffer[], batchOptions))
  }
  return Promise.all(bodies.map((body) => Promise.resolve(body))).then(
    (ready) => guarded(place, () => assemble(found.batches, ready, batchOptions)),
    (cause: unknown) => {
      throw damaged(place, cause)
    },
  )
}

interface FoundBatch extends Omit<RecordSegment, 'bytes' | 'start' | 'end'> {
  readonly codec: number
  readonly body: Buffer
}

interface FoundBatches {
  readonly batches: readonly FoundBatch[]
  /** -1 when there was no whole batch. */
  readonly nextOffset: number
}

function findBatches(
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
  { fromOffset, readCommitted, checkCrcs }: DecodeOptions,
  place: ErrorContext,
): FoundBatches {
  const batches: FoundBatch[] = []
  const skips = readCommitted && aborted.length > 0 ? new AbortedProducers(aborted) : null
  let nextOffset = -1
  for (let at = 0; at + recordsAt <= bytes.length;) {
    const end = at + lengthAt + 4 + bytes.readInt32BE(at + lengthAt)
    if (end > bytes.length) break // cut off by the size of the fetch
    if (end < at + recordsAt) throw damaged(place, new RangeError('a batch is shorter than its header'))
    const attributes = bytes.readInt16BE(at + attributesAt)
    const baseOffset = readLong(bytes, at)
    const lastOffset = baseOffset + bytes.readInt32BE(at + lastOffsetDeltaAt)
    nextOffset = lastOffset + 1
    const producerId = skips ? readLong(bytes, at + producerIdAt) : -1
    const isControl = (attributes & controlMask) !== 0
    const isAborted = skips?.sees(producerId, lastOffset, (attributes & transactionalMask) !== 0) ?? false
    if (isControl) skips?.ends(producerId)
    if (lastOffset >= fromOffset && !isControl && !isAborted) {
      if (checkCrcs && crc32c(bytes, at + attributesAt, end) !== bytes.readUInt32BE(at + crcAt)) {
        throw damaged(place, new RangeError(`the checksum of the batch at offset ${baseOffset} does not match`))
      }
      batches.push({
        codec: attributes & codecMask,
        body: bytes.subarray(at + recordsAt, end),
        count: bytes.readInt32BE(at + countAt),
        baseOffset,
        baseTimestamp: readLong(bytes, at + baseTimestampAt),
        appendTimestamp: attributes & appendTimeMask ? readLong(bytes, at + maxTimestampAt) : -1,
      })
    }
    at = end
  }
  return { batches, nextOffset }
}

function assemble(
  batches: readonly FoundBatch[],
  bodies: readonly Buffer[],
  options: FetchedBatchOptions,
): RecordBatch {
  const segments = batches.map(({ count, baseOffset, baseTimestamp, appendTimestamp }, index): RecordSegment => {
    const bytes = bodies[index]!
    return { bytes, start: 0, end: bytes.length, count, baseOffset, baseTimestamp, appendTimestamp }
  })
  return new FetchedBatch(segments, options)
}

/** Which producers are inside an aborted transaction, at the place that the walk has reached. */
class AbortedProducers {
  readonly #coming: AbortedTransaction[]
  readonly #open = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = [...aborted].sort((left, right) => left.firstOffset - right.firstOffset)
  }

  sees(producerId: number, lastOffset: number, isTransactional: boolean): boolean {
    for (let next = this.#coming[0]; next && next.firstOffset <= lastOffset; next = this.#coming[0]) {
      this.#open.add(next.producerId)
      this.#coming.shift()
    }
    return isTransactional && this.#open.has(producerId)
  }

  /** A control record ends the transaction of its producer, however it ended. */
  ends(producerId: number): void {
    this.#open.delete(producerId)
  }
}

function guarded<T>(place: ErrorContext, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw damaged(place, cause)
  }
}

function damaged(place: ErrorContext, cause: unknown): StreamsError {
  if (cause instanceof StreamsError) return cause.in(place)
  return new StreamsError({
    ...place,
    code: 'TRANSPORT_FAILED',
    what: 'Fetched records are damaged',
    hint: 'It is fetched again; if it repeats, check the disk of the broker with kafka-dump-log.',
    retriable: true,
    cause,
  })
}
