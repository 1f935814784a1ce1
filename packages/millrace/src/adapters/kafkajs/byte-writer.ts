/** A growing buffer with the number formats of Kafka's protocol. The memory is used again after `reset`. */
export class ByteWriter {
  bytes: Buffer
  at = 0

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity)
  }

  reset(): void {
    this.at = 0
  }

  /** What was written; valid until the next write. */
  written(): Buffer {
    return this.bytes.subarray(0, this.at)
  }

  ensure(more: number): void {
    const needed = this.at + more
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }

  int8(value: number): void {
    this.ensure(1)
    this.bytes[this.at++] = value
  }

  int16(value: number): void {
    this.ensure(2)
    this.at = this.bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.ensure(4)
    this.at = this.bytes.writeInt32BE(value, this.at)
  }

  /** A whole number within ±2^53 as 64 bits. */
  int64(value: number): void {
    this.ensure(8)
    const high = Math.floor(value / 4_294_967_296)
    this.bytes.writeInt32BE(high, this.at)
    this.at = this.bytes.writeUInt32BE(value - high * 4_294_967_296, this.at + 4)
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.int16(length)
    this.ensure(length)
    this.at += this.bytes.write(value, this.at, length, 'utf8')
  }

  raw(value: Uint8Array): void {
    this.ensure(value.length)
    this.bytes.set(value, this.at)
    this.at += value.length
  }

  /** Zigzag, up to 32 bits. The caller has ensured 5 bytes. */
  varint(value: number): void {
    let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
    while (zigzag > 0x7f) {
      this.bytes[this.at++] = (zigzag & 0x7f) | 0x80
      zigzag >>>= 7
    }
    this.bytes[this.at++] = zigzag
  }

  /** Zigzag, a whole number within ±2^52. The caller has ensured 10 bytes. */
  varlong(value: number): void {
    if (value === (value | 0)) {
      this.varint(value)
      return
    }
    let zigzag = value >= 0 ? value * 2 : -value * 2 - 1
    while (zigzag > 0x7f) {
      this.bytes[this.at++] = (zigzag % 128) | 0x80
      zigzag = Math.floor(zigzag / 128)
    }
    this.bytes[this.at++] = zigzag
  }
}

/** How many bytes `varint` takes. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  return zigzag < 0x80 ? 1 : Math.ceil((32 - Math.clz32(zigzag)) / 7)
}

/** How many bytes `varlong` takes. */
export function varlongSize(value: number): number {
  if (value === (value | 0)) return varintSize(value)
  let size = 1
  for (let zigzag = value >= 0 ? value * 2 : -value * 2 - 1; zigzag > 0x7f; zigzag = Math.floor(zigzag / 128)) size++
  return size
}
