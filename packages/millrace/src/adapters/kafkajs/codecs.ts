import { gunzip, gunzipSync, type ZlibOptions } from 'node:zlib'
import * as zlib from 'node:zlib'
import { promisify } from 'node:util'
import kafkajs from 'kafkajs'
import { StreamsError } from '../../errors/index.ts'

/** Codec numbers of the record batch format. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/**
 * Above this many compressed bytes the thread pool is asked. A call to it costs the main thread about 80 µs (measured
 * on Node 20): as much as inflating some 100 KB. A one-record batch is inflated at once in 5 µs.
 */
const asyncGzipBytes = 32_768
const longestChunk = 8 * 1_048_576

const gunzipAsync = promisify<Buffer, ZlibOptions, Buffer>(gunzip)

/** Undoes the compression of a batch, at once unless it is large. Throws CODEC_MISSING. */
export function decompress(codec: number, bytes: Buffer): Buffer | Promise<Buffer> {
  switch (codec) {
    case 0:
      return bytes
    case 1:
      return inflate(bytes)
    case 4:
      if (zstdDecompressSync) return zstdDecompressSync(bytes)
      return registeredCodec(codec).decompress(bytes)
    default:
      return registeredCodec(codec).decompress(bytes)
  }
}

/** The last four bytes tell the size of what was compressed: with a chunk of that size nothing is copied or wasted. */
function inflate(bytes: Buffer): Buffer | Promise<Buffer> {
  const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4)
  const options = { chunkSize: Math.min(Math.max(size + 1, 64), longestChunk) }
  return bytes.length < asyncGzipBytes ? gunzipSync(bytes, options) : gunzipAsync(bytes, options)
}

/** Node has it from 22.15 and 23.8 on. */
const zstdDecompressSync = (zlib as { zstdDecompressSync?: (bytes: Buffer) => Buffer }).zstdDecompressSync

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>
}

/** A codec that the application registered with kafkajs. */
function registeredCodec(codec: number): Codec {
  const registered = (kafkajs.CompressionCodecs as unknown as Record<number, (() => Codec) | undefined>)[codec]
  try {
    if (registered) return registered()
  } catch (cause) {
    throw codecMissing(codec, cause)
  }
  throw codecMissing(codec, undefined)
}

function codecMissing(codec: number, cause: unknown): StreamsError {
  const name = codecNames[codec] ?? `number ${codec}`
  const hint =
    name === 'zstd'
      ? 'Run on Node 22.15 or later, which has zstd, or register a codec: CompressionCodecs[CompressionTypes.ZSTD] of kafkajs.'
      : `Register a codec with kafkajs before the app starts (CompressionCodecs[CompressionTypes.${registryNames[codec] ?? name}]), or let the topic's producers use gzip.`
  return new StreamsError({
    code: 'CODEC_MISSING',
    what: `A batch is compressed with ${name}, for which there is no codec`,
    hint,
    cause,
  })
}

const registryNames: Readonly<Record<number, string>> = { 2: 'Snappy', 3: 'LZ4' }
