import { StreamsError } from '../errors/index.ts'
import { notAnInstant } from './not-an-instant.ts'

/** A stretch of time, [fromMs, toMs), in which a zone keeps one offset. */
interface OffsetSpan {
  readonly fromMs: number
  readonly toMs: number
  /** Local time minus UTC, ms. */
  readonly offsetMs: number
}

/** The offsets of one time zone. */
export interface ZoneOffsets {
  readonly zone: string
  /** A span around an instant; the zone's offset may well hold beyond it. Throws TIMESTAMP_INVALID outside ±275,000 years. */
  spanAt(instantMs: number): OffsetSpan
}

const dayMs = 86_400_000
const maxInstantMs = 8.64e15 - dayMs
const maxDays = 16_384
const byZone = new Map<string, ZoneOffsets>()

/** The offsets of an IANA zone, shared by everyone who asks. Throws OPTION_INVALID for a zone that is not known. */
export function zoneOffsets(zone: string): ZoneOffsets {
  if (zone === last.zone) return last
  let offsets = byZone.get(zone)
  if (offsets === undefined) {
    offsets = zone === 'UTC' ? utc : new CachedOffsets(zone)
    byZone.set(zone, offsets)
  }
  last = offsets
  return offsets
}

const always: OffsetSpan = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, offsetMs: 0 }
const utc: ZoneOffsets = { zone: 'UTC', spanAt: () => always }
let last: ZoneOffsets = utc

/**
 * Asks Intl (about 4 µs a call) twice per UTC day and keeps the answer. Holds because no zone has two changes within
 * a day: the closest pair of the tz database (2025) is 95 hours apart. Where the ends of a day differ, the instant of
 * the change is searched to the second.
 */
class CachedOffsets implements ZoneOffsets {
  readonly zone: string
  readonly #format: Intl.DateTimeFormat
  readonly #days = new Map<number, readonly [OffsetSpan, OffsetSpan]>()

  constructor(zone: string) {
    this.zone = zone
    this.#format = formatOf(zone)
  }

  spanAt(instantMs: number): OffsetSpan {
    const day = Math.floor(instantMs / dayMs)
    const spans = this.#days.get(day) ?? this.#readDay(day, instantMs)
    return instantMs < spans[0].toMs ? spans[0] : spans[1]
  }

  #readDay(day: number, instantMs: number): readonly [OffsetSpan, OffsetSpan] {
    if (typeof instantMs !== 'number' || !(Math.abs(instantMs) <= maxInstantMs)) throw notAnInstant(instantMs)
    const fromMs = day * dayMs
    const toMs = fromMs + dayMs
    const before = this.#ask(fromMs)
    const after = this.#ask(toMs)
    const changeMs = before === after ? toMs : this.#changeBetween(fromMs, toMs, before)
    const first = { fromMs, toMs: changeMs, offsetMs: before }
    const spans = [first, changeMs === toMs ? first : { fromMs: changeMs, toMs, offsetMs: after }] as const
    if (this.#days.size >= maxDays) this.#days.clear()
    this.#days.set(day, spans)
    return spans
  }

  #changeBetween(fromMs: number, toMs: number, before: number): number {
    let low = fromMs / 1000
    let high = toMs / 1000
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#ask(middle * 1000) === before) low = middle
      else high = middle
    }
    return high * 1000
  }

  #ask(instantMs: number): number {
    const text = this.#format.format(instantMs)
    return offsetOf(text.slice(text.lastIndexOf('GMT') + 3))
  }
}

/** Of `+01:00`, `-00:44:30` or, for UTC, nothing. */
function offsetOf(text: string): number {
  if (text === '') return 0
  const [hours, minutes, seconds] = text.slice(1).split(':')
  const size = Number(hours) * 3_600_000 + Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1000
  return text.startsWith('+') ? size : -size
}

function formatOf(zone: unknown): Intl.DateTimeFormat {
  let cause: unknown
  // Intl reads `undefined` as the machine's zone.
  if (typeof zone === 'string') {
    try {
      return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    } catch (thrown) {
      cause = thrown
    }
  }
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `The time zone '${String(zone)}' is not known`,
    hint: `Use an IANA name such as ${suggestionsFor(String(zone))}.`,
    cause,
  })
}

function suggestionsFor(zone: string): string {
  const wanted = zone.toLowerCase().replaceAll(' ', '_')
  const similar = Intl.supportedValuesOf('timeZone').filter((name) => name.toLowerCase().split('/').at(-1) === wanted)
  return [...similar, "'Europe/Athens'", "'UTC'"]
    .map((name) => (name.startsWith("'") ? name : `'${name}'`))
    .join(' or ')
}
