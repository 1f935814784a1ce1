import { Readable } from 'node:stream'

/** The fields of one record of a CSV file. */
export interface CsvRecord {
  readonly fields: readonly string[]
  /** Where it begins, from 1; a record whose fields hold line breaks takes several lines. */
  readonly line: number
}

// Between chunks everything else may run. Not smaller than a sixteenth of the file, because fast-csv reads an
// unfinished record again with every chunk, and a quote that is never closed makes the rest of the file unfinished.
const minChunkBytes = 65_536
const maxChunks = 16

/** The records of a file, blank lines left out. Throws what fast-csv throws, for broken quoting. */
export async function* csvRecords(bytes: Buffer, delimiter: string): AsyncGenerator<CsvRecord, void, void> {
  const { parse } = await import('fast-csv')
  const parser = Readable.from(chunksOf(bytes), { objectMode: false }).pipe(parse({ headers: false, delimiter }))
  let line = 1
  for await (const fields of parser as AsyncIterable<string[]>) {
    if (fields.length > 0) yield { fields, line }
    line += 1 + lineBreaksIn(fields)
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer, void, void> {
  const size = Math.max(minChunkBytes, Math.ceil(bytes.length / maxChunks))
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function lineBreaksIn(fields: readonly string[]): number {
  let count = 0
  for (const field of fields) {
    if (field.includes('\n') || field.includes('\r')) count += field.match(/\r\n|\n|\r/g)?.length ?? 0
  }
  return count
}
