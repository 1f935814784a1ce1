const upper = 2 ** 32

/** How many characters `orderedTime` gives. */
export const orderedTimeLength = 8

/** Whole ms as 8 bytes, one character each, whose order is that of the numbers: the sign bit is turned over. */
export function orderedTime(time: number): string {
  const clamped = Math.max(-(2 ** 53), Math.min(2 ** 53, time))
  const high = (Math.floor(clamped / upper) ^ 0x8000_0000) >>> 0
  const low = clamped >>> 0
  return String.fromCharCode(
    high >>> 24,
    (high >>> 16) & 0xff,
    (high >>> 8) & 0xff,
    high & 0xff,
    low >>> 24,
    (low >>> 16) & 0xff,
    (low >>> 8) & 0xff,
    low & 0xff,
  )
}

export function timeAt(text: string, at: number): number {
  return (int32At(text, at) ^ 0x8000_0000) * upper + (int32At(text, at + 4) >>> 0)
}

function int32At(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 24) |
    (text.charCodeAt(at + 1) << 16) |
    (text.charCodeAt(at + 2) << 8) |
    text.charCodeAt(at + 3)
  )
}

/** A key that no other key continues: its length in 2 bytes, then its bytes. */
export function measuredKey(key: string): string {
  return String.fromCharCode((key.length >>> 8) & 0xff, key.length & 0xff) + key
}
