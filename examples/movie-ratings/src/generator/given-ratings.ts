import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { messageOf, StreamsError } from 'millrace'
import type { KeyedText, RatingFeed } from './rating-feed.ts'

const maxBatchRecords = 500

/**
 * The lines of a file, or of standard input for `-`, as records: each is sent as it is, also one that is not a
 * rating, and keyed by its `name` where it has one. Empty lines are left out.
 */
export async function* givenRatings(file: string, signal: AbortSignal): RatingFeed {
  for await (const lines of linesOf(file, signal)) {
    const records = lines.filter((line) => line.trim() !== '').map((line) => ({ key: nameOf(line), value: line }))
    for (let start = 0; start < records.length; start += maxBatchRecords)
      yield records.slice(start, start + maxBatchRecords) satisfies KeyedText[]
  }
}

async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const input: Readable = addAbortSignal(signal, file === '-' ? process.stdin : createReadStream(file))
  input.setEncoding('utf8')
  let rest = ''
  try {
    for await (const chunk of input as AsyncIterable<string>) {
      const lines = (rest + chunk).split(/\r?\n/)
      rest = lines.pop() ?? ''
      yield lines
    }
  } catch (cause) {
    if (signal.aborted) return
    throw new StreamsError({
      code: 'FILE_UNREADABLE',
      what: `Cannot read ratings: ${messageOf(cause)}`,
      hint: 'Check the path of --from; `-` is standard input.',
      file,
      cause,
    })
  }
  yield [rest]
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
