/** How many bytes a time takes. */
export const timeBytes = 8

const upper = 2 ** 32

/** Whole ms as Kafka Streams writes times: big-endian, two's complement. */
export function writeTimeBytes(bytes: Buffer, timeMs: number, at: number): void {
  bytes.writeInt32BE(Math.floor(timeMs / upper), at)
  bytes.writeUInt32BE(timeMs >>> 0, at + 4)
}

export function readTimeBytes(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * upper + bytes.readUInt32BE(at + 4)
}
