import { gunzip, gunzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import { promisify } from 'node:util'
import kafkajs from 'kafkajs'
import { StreamsError } from '../../errors/index.ts'

/** Codec numbers of the record batch format. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** Above this many compressed bytes the thread pool is asked. */
const asyncGzipBytes = 65_536

const gunzipAsync = promisify(gunzip)

/**
 * Undoes the compression of a batch. Small payloads are done at once: the thread pool costs 100 to 230 µs per call,
 * `gunzipSync` of a one-record batch 5 to 10 µs. Throws CODEC_MISSING.
 */
export function decompress(codec: number, bytes: Buffer): Buffer | Promise<Buffer> {
  switch (codec) {
    case 0:
      return bytes
    case 1:
      return bytes.length < asyncGzipBytes ? gunzipSync(bytes) : gunzipAsync(bytes)
    case 4:
      if (zstdDecompressSync) return zstdDecompressSync(bytes)
      return registeredCodec(codec).decompress(bytes)
    default:
      return registeredCodec(codec).decompress(bytes)
  }
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
