import { parseInstant } from 'millrace'
import { z } from 'zod'

/**
 * A rating as the pipeline reads it. Its time is a text without an offset and counts as UTC; microseconds are cut to
 * the milliseconds that Cassandra keeps. Other fields are left out.
 */
export const Rating = z.object({
  name: z.string().min(1),
  movie: z.string().min(1),
  timestamp: z.string().transform((text, context) => {
    const atMs = parseInstant(text, { zone: 'UTC' })
    if (atMs !== undefined) return atMs
    context.addIssue({ code: 'custom', message: 'not an ISO 8601 time' })
    return z.NEVER
  }),
  rating: z.int().min(1).max(10),
})

export type Rating = z.output<typeof Rating>
