import { StreamsError } from '../errors/index.ts'
import { readTimeBytes, timeBytes, writeTimeBytes } from './time-bytes.ts'
import { deserializeFailed, serializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'

/** A time window. `end` is exclusive for tumbling and hopping windows, inclusive for sliding and session windows. */
export interface TimeWindow {
  /** ms */
  readonly start: number
  /** ms */
  readonly end: number
}

export interface Windowed<K> {
  readonly key: K
  readonly window: TimeWindow
}

/** How the end of a window follows from its start, as only the start is written. */
export type WindowedOptions =
  /** ms from the start to the end. */
  | { readonly size: number }
  /** Gives the end for a start, both ms: for windows that are not all of one size, see `endOf()`. */
  | { readonly end: (start: number) => number }

/**
 * Keys of time windows as Kafka Streams writes them: the key's bytes, then 8 bytes of window start. The key alone
 * decides the partition, so all windows of a key share one.
 */
export function windowed<K>(key: Serde<K>, options: WindowedOptions): Serde<Windowed<K>> {
  const endOf = 'end' in options ? options.end : endBySize(options.size)
  const name = `windowed ${key.name}`
  return {
    name,
    serialize(value, topic) {
      const inner = innerBytes(key, value, topic, name)
      const bytes = Buffer.allocUnsafe(inner.length + timeBytes)
      inner.copy(bytes)
      writeTimeBytes(bytes, value.window.start, inner.length)
      return bytes
    },
    deserialize(bytes, topic) {
      const at = bytes.length - timeBytes
      if (at < 0) throw tooShort(bytes, topic, name)
      const start = readTimeBytes(bytes, at)
      return { key: key.deserialize(bytes.subarray(0, at), topic), window: { start, end: endOf(start) } }
    },
    partitionedBy: (bytes) => bytes.subarray(0, bytes.length - timeBytes),
  }
}

function endBySize(size: number): (start: number) => number {
  if (Number.isSafeInteger(size) && size > 0) return (start) => start + size
  const hint = 'Hand over the size of the windows in whole ms, e.g. hours(1).'
  throw new StreamsError({ code: 'OPTION_INVALID', what: `Windows cannot have a size of ${size}`, hint })
}

/**
 * Keys of sessions as Kafka Streams writes them: the key's bytes, then 8 bytes of session end, 8 of start. The key alone
 * decides the partition.
 */
export function sessionWindowed<K>(key: Serde<K>): Serde<Windowed<K>> {
  const name = `session-windowed ${key.name}`
  return {
    name,
    serialize(value, topic) {
      const inner = innerBytes(key, value, topic, name)
      const bytes = Buffer.allocUnsafe(inner.length + 2 * timeBytes)
      inner.copy(bytes)
      writeTimeBytes(bytes, value.window.end, inner.length)
      writeTimeBytes(bytes, value.window.start, inner.length + timeBytes)
      return bytes
    },
    deserialize(bytes, topic) {
      const at = bytes.length - 2 * timeBytes
      if (at < 0) throw tooShort(bytes, topic, name)
      const window = { start: readTimeBytes(bytes, at + timeBytes), end: readTimeBytes(bytes, at) }
      return { key: key.deserialize(bytes.subarray(0, at), topic), window }
    },
    partitionedBy: (bytes) => bytes.subarray(0, bytes.length - 2 * timeBytes),
  }
}

function innerBytes<K>(serde: Serde<K>, value: Windowed<K>, topic: string, name: string): Buffer {
  const { key, window } = value
  if (key === null || key === undefined) {
    throw serializeFailed(topic, `Cannot write as ${name}: the key is ${String(key)}`, 'A window belongs to a key.')
  }
  if (!Number.isSafeInteger(window.start) || !Number.isSafeInteger(window.end)) {
    const what = `Cannot write as ${name}: [${window.start}, ${window.end}] is not a window in whole ms`
    throw serializeFailed(topic, what, 'Hand on the key as the windowed operation made it.')
  }
  const bytes = serde.serialize(key, topic)
  if (bytes !== null) return bytes
  const what = `Cannot write as ${name}: ${serde.name} writes the key as null`
  throw serializeFailed(topic, what, 'A window belongs to a key.')
}

function tooShort(bytes: Buffer, topic: string, name: string): ReturnType<typeof deserializeFailed> {
  const what = `Cannot read as ${name}: ${bytes.length} bytes hold no window`
  return deserializeFailed(topic, what, 'Check whether the topic is keyed by windows of this kind.')
}
