import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OutgoingRecord, RecordBatch } from '../../ports/index.ts'
import { crc32c } from './crc32c.ts'
import type { AbortedTransaction } from './fetch-response.ts'
import { encodeRecordBatch } from './record-batch-encoder.ts'
import { decodeRecords } from './record-set.ts'

const require = createRequire(import.meta.url)
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => unknown
const decodeByDriver = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: unknown) => Promise<{
  records: readonly {
    offset: string
    timestamp: string
    key: Buffer | null
    value: Buffer | null
    headers: Record<string, Buffer>
  }[]
}>
const { RecordBatch: encodeByDriver } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (options: object) => Promise<{ buffer: Buffer }>
}
const encodeRecordByDriver = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => unknown

const identity = { producerId: 7, producerEpoch: 0, sequence: 0 }

const bytes = fc.option(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  { nil: null },
)
const header = fc.record({ name: fc.string({ maxLength: 12 }), value: bytes })
const outgoing: fc.Arbitrary<OutgoingRecord> = fc.record({
  key: bytes,
  value: bytes,
  timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  headers: fc.array(header, { maxLength: 4 }),
})
const batchOf = fc.array(outgoing, { minLength: 1, maxLength: 80 })

/** The bytes as a broker keeps them: with the offset that it has given out. */
async function stored(records: readonly OutgoingRecord[], baseOffset: number, compression: 'none' | 'gzip' = 'none') {
  const batch = await encodeRecordBatch(records, identity, compression)
  batch.writeBigInt64BE(BigInt(baseOffset), 0)
  return batch
}

async function decode(
  records: Buffer,
  { fromOffset = 0, readCommitted = false, aborted = [] as readonly AbortedTransaction[] } = {},
): Promise<RecordBatch | null> {
  const fetched = { topic: 't', partition: 1, errorCode: 0, highWatermark: 99, aborted, records }
  return decodeRecords(fetched, { fromOffset, readCommitted, checkCrcs: true })
}

function contentOf(batch: RecordBatch | null): (OutgoingRecord & { offset: number })[] {
  return Array.from({ length: batch?.count ?? 0 }, (_, index) => ({
    offset: batch!.offset(index),
    key: batch!.key(index),
    value: batch!.value(index),
    timestamp: batch!.timestamp(index),
    headers: batch!.headers(index),
  }))
}

function text(value: string, timestamp = 1_000): OutgoingRecord {
  return { key: null, value: Buffer.from(value), timestamp, headers: [] }
}

function changed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch)
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17)
  return batch
}

/** A control record that ends a transaction, as a broker writes it. */
async function marker(baseOffset: number, kind: 'abort' | 'commit', producerId: number): Promise<Buffer> {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1])
  const batch = await stored([{ ...text(''), key }], baseOffset)
  return changed(batch, () => {
    batch.writeInt16BE(0x30, 21)
    batch.writeBigInt64BE(BigInt(producerId), 43)
  })
}

async function transactional(values: readonly string[], baseOffset: number, producerId: number): Promise<Buffer> {
  const batch = await stored(
    values.map((value) => text(value)),
    baseOffset,
  )
  return changed(batch, () => {
    batch.writeInt16BE(0x10, 21)
    batch.writeBigInt64BE(BigInt(producerId), 43)
  })
}

function values(batch: RecordBatch | null): string[] {
  return contentOf(batch).map(({ value }) => String(value))
}

describe('records as bytes', () => {
  it('come back as they were written, plain and compressed, over several batches', async () => {
    const compression = fc.constantFrom('none' as const, 'gzip' as const)
    const property = fc.asyncProperty(fc.array(fc.tuple(batchOf, compression), { maxLength: 4 }), async (batches) => {
      const parts: Buffer[] = []
      let offset = 5
      for (const [records, codec] of batches) {
        parts.push(await stored(records, offset, codec))
        offset += records.length
      }
      const all = batches.flatMap(([records]) => records)
      const batch = await decode(Buffer.concat(parts))
      expect(contentOf(batch)).toEqual(all.map((record, index) => ({ ...record, offset: 5 + index })))
      expect(batch?.nextOffset).toBe(batches.length === 0 ? undefined : offset)
      const sizes = all.map(({ key, value }) => (key?.length ?? 0) + (value?.length ?? 0))
      expect(batch?.sizeBytes ?? 0).toBe(sizes.reduce((sum, size) => sum + size, 0))
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it("are read by kafkajs' own decoder as by ours", async () => {
    const property = fc.asyncProperty(
      batchOf,
      fc.constantFrom('none' as const, 'gzip' as const),
      async (records, codec) => {
        const raw = await stored(records, 42, codec)
        const { records: driver } = await decodeByDriver(new Decoder(raw))
        const ours = await decode(raw)
        expect(contentOf(ours).map(({ offset, timestamp, key, value }) => ({ offset, timestamp, key, value }))).toEqual(
          driver.map(({ offset, timestamp, key, value }) => ({
            offset: Number(offset),
            timestamp: Number(timestamp),
            key,
            value,
          })),
        )
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })

  it('are read when kafkajs has written them', async () => {
    const property = fc.asyncProperty(batchOf, async (records) => {
      const firstTimestamp = records[0]!.timestamp
      const driver = await encodeByDriver({
        records: records.map(({ key, value, timestamp }, offsetDelta) =>
          encodeRecordByDriver({ key, value, offsetDelta, timestampDelta: timestamp - firstTimestamp }),
        ),
        firstTimestamp,
        maxTimestamp: firstTimestamp,
        lastOffsetDelta: records.length - 1,
      })
      const expected = records.map((record, offset) => ({ ...record, offset, headers: [] }))
      expect(contentOf(await decode(driver.buffer))).toEqual(expected)
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('gives any index in any order', async () => {
    const parts = await Promise.all(
      [0, 2, 4].map((offset) => stored([text(`${offset}`), text(`${offset + 1}`)], offset, 'gzip')),
    )
    const batch = (await decode(Buffer.concat(parts)))!
    expect([5, 0, 3, 1, 4, 2].map((index) => String(batch.value(index)))).toEqual(['5', '0', '3', '1', '4', '2'])
  })
})

describe('a fetched record set', () => {
  it('begins at the position, though the broker sends whole batches', async () => {
    const raw = Buffer.concat([await stored([text('a'), text('b')], 10), await stored([text('c'), text('d')], 12)])
    const batch = await decode(raw, { fromOffset: 13 })
    expect(contentOf(batch).map(({ offset, value }) => [offset, String(value)])).toEqual([[13, 'd']])
  })

  it('leaves out a last batch that is cut off, at whatever byte', async () => {
    const whole = await stored([text('a')], 0)
    const next = await stored([text('b')], 1)
    for (let cut = 0; cut < next.length; cut++) {
      const batch = await decode(Buffer.concat([whole, next.subarray(0, cut)]))
      expect([batch?.count, batch?.nextOffset]).toEqual([1, 1])
    }
    expect(await decode(whole.subarray(0, whole.length - 1))).toBeNull()
  })

  it('passes the gaps that compaction leaves', async () => {
    const raw = await stored([text('kept')], 7)
    changed(raw, () => raw.writeInt32BE(4, 23))
    const batch = await decode(raw)
    expect([batch?.count, batch?.nextOffset]).toEqual([1, 12])
  })

  it('becomes an empty batch with a next offset when it holds control records only', async () => {
    const batch = await decode(await marker(3, 'commit', 9))
    expect([batch?.count, batch?.nextOffset]).toEqual([0, 4])
  })

  it('leaves out aborted transactions, and only those, when reading committed records', async () => {
    const raw = Buffer.concat([
      await transactional(['kept'], 0, 1),
      await transactional(['aborted 1', 'aborted 2'], 1, 2),
      await stored([text('plain')], 3),
      await transactional(['kept too'], 4, 1),
      await marker(5, 'abort', 2),
      await transactional(['second transaction'], 6, 2),
      await marker(7, 'commit', 2),
      await marker(8, 'commit', 1),
    ])
    const aborted = [{ producerId: 2, firstOffset: 1 }]
    expect(values(await decode(raw, { readCommitted: true, aborted }))).toEqual([
      'kept',
      'plain',
      'kept too',
      'second transaction',
    ])
    expect(values(await decode(raw, { aborted }))).toHaveLength(6)
    expect((await decode(raw, { readCommitted: true, aborted }))?.nextOffset).toBe(9)
  })

  it('takes the time of arrival where the topic keeps that', async () => {
    const raw = await stored([text('a', 5), text('b', 6)], 0)
    changed(raw, () => {
      raw.writeInt16BE(0x08, 21)
      raw.writeBigInt64BE(777n, 35)
    })
    expect(contentOf(await decode(raw)).map(({ timestamp }) => timestamp)).toEqual([777, 777])
  })

  it('is refused when a byte was changed on the way', async () => {
    const raw = await stored([text('value')], 0)
    raw[raw.length - 2]! ^= 1
    await expect(decode(raw)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retriable: true })
  })

  it('is refused when it is damaged beneath a checksum that fits', async () => {
    const raw = await stored([text('value')], 0)
    changed(raw, () => (raw[61] = 0x7e))
    await expect(decode(raw)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    const packed = await stored([text('value')], 0, 'gzip')
    changed(packed, () => packed.fill(0, 70, 80))
    await expect(decode(packed)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
  })

  it.each([
    [2, 'snappy'],
    [3, 'lz4'],
  ])('names the codec that is missing (%i)', async (codec, name) => {
    const raw = await stored([text('value')], 0)
    changed(raw, () => raw.writeInt16BE(codec, 21))
    const failure: unknown = await decode(raw).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'CODEC_MISSING', context: { topic: 't', partition: 1 } })
    expect(String(failure)).toContain(name)
  })

  const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer }
  it.skipIf(!zstdCompressSync)('is read with zstd where Node has it', async () => {
    const raw = await stored([text('value')], 0)
    const packed = Buffer.concat([raw.subarray(0, 61), zstdCompressSync!(raw.subarray(61))])
    packed.writeInt32BE(packed.length - 12, 8)
    changed(packed, () => packed.writeInt16BE(4, 21))
    expect(values(await decode(packed))).toEqual(['value'])
  })

  it('is decompressed also when large', async () => {
    const noise = fc.sample(fc.uint8Array({ minLength: 100_000, maxLength: 100_000 }), { numRuns: 1, seed: 1 })[0]!
    const value = Buffer.from(noise)
    expect(gzipSync(value).length).toBeGreaterThan(65_536)
    const batch = await decode(await stored([{ ...text(''), value }], 0, 'gzip'))
    expect(batch?.value(0)?.equals(value)).toBe(true)
  })
})
