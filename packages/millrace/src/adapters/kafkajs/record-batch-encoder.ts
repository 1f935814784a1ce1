import { gzip, gzipSync } from 'node:zlib'
import { promisify } from 'node:util'
import type { OutgoingRecord } from '../../ports/index.ts'
import { ByteWriter, varintSize, varlongSize } from './byte-writer.ts'
import { crc32c } from './crc32c.ts'

/** Above this many bytes the thread pool compresses. */
const asyncGzipBytes = 16_384
const gzipAsync = promisify(gzip)

const headerBytes = 61
const lengthAt = 8
const crcAt = 17
const attributesAt = 21
const gzipAttribute = 0x01
const transactionalAttribute = 0x10
/** Most bytes of a record that are not key, value or headers. */
const recordOverhead = 32

/** What makes a batch recognisable to the broker, so that a repeated one is not written twice; -1 each: not. */
export interface BatchIdentity {
  readonly producerId: number
  readonly producerEpoch: number
  /** Number of the first record among those of this producer for the partition. */
  readonly sequence: number
  readonly isTransactional?: boolean
}

/** About as many bytes as the record takes in a batch; never too few. */
export function recordBytes({ key, value, headers }: OutgoingRecord): number {
  let size = recordOverhead + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += 10 + header.name.length * 3 + (header.value?.length ?? 0)
  return size
}

const scratch = new ByteWriter(65_536)

/** Encodes records as one record batch of format version 2. */
export async function encodeRecordBatch(
  records: readonly OutgoingRecord[],
  identity: BatchIdentity,
  compression: 'none' | 'gzip',
): Promise<Buffer> {
  scratch.reset()
  writeHeader(scratch, records, identity, compression)
  writeRecords(scratch, records)
  if (compression === 'none') return seal(Buffer.from(scratch.written()))
  const body = scratch.bytes.subarray(headerBytes, scratch.at)
  const head = Buffer.from(scratch.bytes.subarray(0, headerBytes))
  // The thread pool reads the body after this turn, when the scratch memory may hold another batch.
  const packed = body.length < asyncGzipBytes ? gzipSync(body) : await gzipAsync(Buffer.from(body))
  return seal(Buffer.concat([head, packed]))
}

function writeHeader(
  out: ByteWriter,
  records: readonly OutgoingRecord[],
  { producerId, producerEpoch, sequence, isTransactional }: BatchIdentity,
  compression: 'none' | 'gzip',
): void {
  const first = records[0]!.timestamp
  let last = first
  for (const { timestamp } of records) if (timestamp > last) last = timestamp
  out.int64(0) // base offset: the broker's
  out.int32(0) // length: see seal
  out.int32(-1) // leader epoch: the broker's
  out.int8(2) // format version
  out.int32(0) // checksum: see seal
  out.int16((compression === 'gzip' ? gzipAttribute : 0) | (isTransactional ? transactionalAttribute : 0))
  out.int32(records.length - 1)
  out.int64(first)
  out.int64(last)
  out.int64(producerId)
  out.int16(producerEpoch)
  out.int32(sequence)
  out.int32(records.length)
}

function writeRecords(out: ByteWriter, records: readonly OutgoingRecord[]): void {
  const baseTimestamp = records[0]!.timestamp
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!
    const { key, value, headers } = record
    const delta = record.timestamp - baseTimestamp
    const size =
      1 +
      varlongSize(delta) +
      varintSize(index) +
      (key === null ? 1 : varintSize(key.length) + key.length) +
      (value === null ? 1 : varintSize(value.length) + value.length) +
      (headers.length === 0 ? 1 : headersSize(headers))
    out.ensure(size + 5)
    out.varint(size)
    out.bytes[out.at++] = 0
    out.varlong(delta)
    out.varint(index)
    writeBytes(out, key)
    writeBytes(out, value)
    out.varint(headers.length)
    if (headers.length > 0) writeHeaders(out, headers)
  }
}

function headersSize(headers: OutgoingRecord['headers']): number {
  let size = varintSize(headers.length)
  for (const { name, value } of headers) {
    const nameLength = Buffer.byteLength(name)
    size += varintSize(nameLength) + nameLength
    size += value === null ? 1 : varintSize(value.length) + value.length
  }
  return size
}

function writeHeaders(out: ByteWriter, headers: OutgoingRecord['headers']): void {
  for (const { name, value } of headers) {
    out.varint(Buffer.byteLength(name))
    out.at += out.bytes.write(name, out.at, 'utf8')
    writeBytes(out, value)
  }
}

function writeBytes(out: ByteWriter, value: Buffer | null): void {
  if (value === null) {
    out.varint(-1)
    return
  }
  out.varint(value.length)
  out.bytes.set(value, out.at)
  out.at += value.length
}

/** Fills in length and checksum. */
function seal(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - lengthAt - 4, lengthAt)
  batch.writeUInt32BE(crc32c(batch, attributesAt, batch.length), crcAt)
  return batch
}
