import { z } from 'zod'

/** What a person thinks of a film; the record's key is the film, its timestamp is when it was rated. */
export const Rating = z.object({
  user: z.string().min(1),
  rating: z.int().min(1).max(10),
})
export type Rating = z.output<typeof Rating>

/** A person; the record's key is the name. */
export const User = z.object({
  country: z.string().min(1),
})
export type User = z.output<typeof User>

/** A film in an hour, as far as it has been rated. */
export const Stats = z.object({
  ratings: z.int(),
  sum: z.int(),
  best: z.int(),
  /** The first of those who gave the best mark. */
  fan: z.string(),
})
export type Stats = z.output<typeof Stats>

/** A film in an hour that is over. */
export const TopRow = z.object({
  film: z.string(),
  /** Start of the hour, ms since the epoch. */
  from: z.int(),
  ratings: z.int(),
  mean: z.number(),
  fan: z.string(),
  /** Where the fan lives, as known when the hour was closed. */
  country: z.string(),
})
export type TopRow = z.output<typeof TopRow>
