import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { messageOf, StreamsError } from 'millrace'
import type { KeyedText, RatingFeed } from './rating-feed.ts'

const maxBatchRecords = 500

/**
 * The lines of a file, or of standard input for `-`, as records: each is sent as it is, also one that is not a
 * rating, and keyed by its `name` where it has one. Empty lines are left out.
 */
export async function* givenRatings(file: string, signal: AbortSignal): RatingFeed {
  let batch: KeyedText[] = []
  try {
    const input = file === '-' ? process.stdin : createReadStream(file)
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
      if (line.trim() === '') continue
      batch.push({ key: nameOf(line), value: line })
      if (batch.length < maxBatchRecords) continue
      yield batch
      batch = []
    }
  } catch (cause) {
    throw new StreamsError({
      code: 'FILE_UNREADABLE',
      what: `Cannot read ratings: ${messageOf(cause)}`,
      hint: 'Check the path of --from; `-` is standard input.',
      file,
      cause,
    })
  }
  if (batch.length > 0) yield batch
}

function nameOf(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line)
    const name: unknown = typeof value === 'object' && value !== null && 'name' in value ? value.name : null
    return typeof name === 'string' ? name : null
  } catch {
    return null
  }
}
