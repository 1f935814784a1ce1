import { notAnInstant } from './not-an-instant.ts'
import { zoneOffsets } from './zones.ts'

export interface HourBucketOptions {
  /** IANA zone whose hours are meant. */
  readonly zone: string
  /** Adds the UTC offset, `2025-10-26 02:00+02:00`, so that an hour that a zone has twice is two buckets. Default false. */
  readonly offset?: boolean
}

const hourMs = 3_600_000
const endOf9999Ms = 253_402_300_800_000
const maxTexts = 4_096

/**
 * Makes the function from an instant (ms since the epoch) to its hour in a zone, `yyyy-MM-dd HH:00`. Made once per
 * operation: it remembers. The function throws TIMESTAMP_INVALID for negative times, NaN, and years after 9999;
 * this throws OPTION_INVALID for an unknown zone.
 */
export function hourBucket(options: HourBucketOptions): (instantMs: number) => string {
  const offsets = zoneOffsets(options.zone)
  const withOffset = options.offset ?? false
  const texts = new Map<number, string>()
  let fromMs = 0
  let toMs = 0
  let text = ''

  const find = (instantMs: number): string => {
    if (typeof instantMs !== 'number' || !(instantMs >= 0 && instantMs < endOf9999Ms + 2 * 24 * hourMs)) {
      throw notAnInstant(instantMs)
    }
    const span = offsets.spanAt(instantMs)
    const hour = Math.floor((instantMs + span.offsetMs) / hourMs)
    const hourStartMs = hour * hourMs - span.offsetMs
    // Two spans may share a local hour; only with the offset do they differ in text.
    const key = withOffset ? hour * 200_000 + span.offsetMs / 1000 : hour
    text = texts.get(key) ?? remember(texts, key, textOf(instantMs, hour, withOffset ? span.offsetMs : undefined))
    fromMs = Math.max(hourStartMs, span.fromMs, 0)
    toMs = Math.min(hourStartMs + hourMs, span.toMs)
    return text
  }
  return (instantMs) =>
    typeof instantMs === 'number' && instantMs >= fromMs && instantMs < toMs ? text : find(instantMs)
}

function remember(texts: Map<number, string>, key: number, text: string): string {
  if (texts.size >= maxTexts) texts.clear()
  texts.set(key, text)
  return text
}

function textOf(instantMs: number, hour: number, offsetMs: number | undefined): string {
  const localMs = hour * hourMs
  if (localMs >= endOf9999Ms) throw notAnInstant(instantMs)
  const iso = new Date(localMs).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 13)}:00${offsetMs === undefined ? '' : offsetText(offsetMs)}`
}

function offsetText(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1000
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (seconds % 60 !== 0) parts.push(seconds % 60)
  return (offsetMs < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join(':')
}
