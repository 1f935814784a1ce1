/** Orders text as Cassandra does, by UTF-8 bytes: JavaScript's own order but for characters beyond U+FFFF. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

/** A surrogate is half of a character beyond U+FFFF, which sorts after all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** Orders UUIDs as Cassandra's `uuid` does: by version, those of version 1 by their time, then by bytes. */
export function compareUuid(left: string, right: string): number {
  const byVersion = compareText(left.charAt(14), right.charAt(14))
  if (byVersion !== 0) return byVersion
  if (left.charAt(14) === '1') {
    const byTime = compareText(timeOf(left), timeOf(right))
    if (byTime !== 0) return byTime
  }
  return compareText(left, right)
}

/** The time fields, most significant first. */
function timeOf(uuid: string): string {
  return uuid.slice(14, 18) + uuid.slice(9, 13) + uuid.slice(0, 8)
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
