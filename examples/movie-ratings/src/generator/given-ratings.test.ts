import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { givenRatings } from './given-ratings.ts'
import type { KeyedText } from './rating-feed.ts'

async function read(file: string): Promise<KeyedText[]> {
  const records: KeyedText[] = []
  for await (const batch of givenRatings(file, new AbortController().signal)) records.push(...batch)
  return records
}

describe('givenRatings', () => {
  it('gives the lines as they are, keyed by their name where they have one', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'ratings-')), 'given.jsonl')
    await writeFile(file, '{"name": "Ann", "rating": 3}\r\n\n{oops\n{"name": 5}\nnull')
    expect(await read(file)).toEqual([
      { key: 'Ann', value: '{"name": "Ann", "rating": 3}' },
      { key: null, value: '{oops' },
      { key: null, value: '{"name": 5}' },
      { key: null, value: 'null' },
    ])
  })

  it.each(['no-such-file.jsonl', tmpdir()])('says that it cannot read %s', async (file) => {
    await expect(read(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', context: { file } })
  })
})
