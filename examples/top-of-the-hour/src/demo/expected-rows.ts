import type { RatingRecord } from '../data/ratings.ts'
import type { TopRow, User } from '../schemas.ts'

const hourMs = 3_600_000
const graceMs = 300_000

export interface Expected {
  readonly rows: readonly TopRow[]
  /** Ratings that came after their hour was closed. */
  readonly lateRatings: number
  /** Films of closed hours whose fan is not a user. */
  readonly unknownFans: number
  /** Films of hours that are still open. */
  readonly openRows: number
}

interface Hour {
  readonly film: string
  readonly from: number
  readonly partition: number
  readonly marks: number[]
  fan: string
}

/**
 * The answers, worked out from the ratings in plain code, to check the topology against. Time is per partition: an hour
 * closes when a rating five minutes behind its end has come in the same partition.
 */
export function expectedRows(
  ratings: Iterable<RatingRecord>,
  users: ReadonlyMap<string, User>,
  partitionOf: (film: string) => number,
): Expected {
  const times = new Map<number, number>()
  const hours = new Map<string, Hour>()
  let lateRatings = 0
  for (const { film, rating, atMs } of ratings) {
    const partition = partitionOf(film)
    const nowMs = Math.max(times.get(partition) ?? 0, atMs)
    times.set(partition, nowMs)
    const from = Math.floor(atMs / hourMs) * hourMs
    if (from + hourMs + graceMs <= nowMs) lateRatings++
    else {
      const id = `${from} ${film}`
      const hour = hours.get(id) ?? { film, from, partition, marks: [], fan: '' }
      if (hour.marks.every((mark) => mark < rating.rating)) hour.fan = rating.user
      hour.marks.push(rating.rating)
      hours.set(id, hour)
    }
  }
  const isClosed = ({ from, partition }: Hour): boolean => from + hourMs + graceMs <= (times.get(partition) ?? 0)
  const closed = [...hours.values()].filter(isClosed)
  const rows = closed.flatMap((hour) => rowOf(hour, users))
  return {
    rows,
    lateRatings,
    unknownFans: closed.length - rows.length,
    openRows: hours.size - closed.length,
  }
}

function rowOf({ film, from, marks, fan }: Hour, users: ReadonlyMap<string, User>): readonly TopRow[] {
  const user = users.get(fan)
  if (user === undefined) return []
  const sum = marks.reduce((total, mark) => total + mark, 0)
  return [{ film, from, ratings: marks.length, mean: sum / marks.length, fan, country: user.country }]
}
