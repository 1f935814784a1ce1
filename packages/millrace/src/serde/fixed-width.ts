import { deserializeFailed, serializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'

interface FixedWidth {
  readonly name: string
  readonly sizeBytes: number
  readonly range: string
  accepts(this: void, value: number): boolean
  write(buffer: Buffer, value: number): void
  read(buffer: Buffer, topic: string): number
}

/** A serde of numbers that all take the same number of bytes. */
export function fixedWidth(format: FixedWidth): Serde<number> {
  const { name, sizeBytes, range, accepts } = format
  return {
    name,
    serialize(value, topic) {
      if (typeof value !== 'number' || !accepts(value)) {
        const hint = `Hand over ${range}, or use another serde.`
        throw serializeFailed(topic, `Cannot write as ${name}: ${String(value)} is not ${range}`, hint)
      }
      const buffer = Buffer.allocUnsafe(sizeBytes)
      format.write(buffer, value)
      return buffer
    },
    deserialize(bytes, topic) {
      if (bytes.length !== sizeBytes) {
        const what = `Cannot read as ${name}: ${bytes.length} bytes instead of ${sizeBytes}`
        throw deserializeFailed(topic, what, 'Check which serializer the producer uses.')
      }
      return format.read(bytes, topic)
    },
  }
}
