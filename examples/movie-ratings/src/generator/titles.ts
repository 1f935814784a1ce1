import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { parse } from 'fast-csv'
import { messageOf, StreamsError } from 'millrace'

export interface TitleFiles {
  /** A file with one column and no header; without it the catalogue's titles are used. */
  readonly titles?: string | undefined
  /** A file with a header that has a column `title`. */
  readonly catalogue: string
}

/** The titles that can be rated, each once, in the order of the file. */
export function readTitles({ titles, catalogue }: TitleFiles): Promise<readonly string[]> {
  return titles === undefined ? readColumn(catalogue, true) : readColumn(titles, false)
}

async function readColumn(file: string, hasHeader: boolean): Promise<readonly string[]> {
  const titles = new Set<string>()
  let column = hasHeader ? -1 : 0
  let line = 0
  // an error of the file reaches the loop through the parser, which `pipeline` destroys with it
  const rows: AsyncIterable<readonly string[]> = pipeline(createReadStream(file), parse(), () => {})
  try {
    for await (const row of rows) {
      line += 1
      if (hasHeader && line === 1) column = row.indexOf('title')
      else if ((row[column] ?? '') !== '') titles.add(row[column] ?? '')
    }
  } catch (cause) {
    throw new StreamsError({
      code: 'FILE_UNREADABLE',
      what: `Cannot read titles: ${messageOf(cause)}`,
      hint: 'Check the path of --titles or --catalogue.',
      file,
      cause,
    })
  }
  if (titles.size === 0) throw noTitles(file, hasHeader)
  return [...titles]
}

function noTitles(file: string, hasHeader: boolean): StreamsError {
  return new StreamsError({
    code: 'CSV_HEADER',
    what: hasHeader ? 'No titles: the header has no column `title`, or no row follows' : 'No titles: the file is empty',
    hint: 'Give a catalogue with a header to --catalogue, a bare list of titles to --titles.',
    file,
  })
}
