import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { defaultCatalogueFile } from '../catalogue.ts'
import { readTitles } from './titles.ts'

describe('readTitles', () => {
  it('takes each title of the catalogue once, as it stands there', async () => {
    const titles = await readTitles({ catalogue: defaultCatalogueFile })
    expect(new Set(titles).size).toBe(titles.length)
    expect(titles).toEqual(
      expect.arrayContaining([
        'Slow Train, Fast Weather',
        '"Quiet", She Shouted',
        'Μια Βάρκα στο Μπαλκόνι',
        '0017',
        'The Lantern Keeper of Ithaca',
        'Consequences of Weather',
        'Consequences of Weather\u00a0',
      ]),
    )
  })

  it('reads a list without a header from its first line on', async () => {
    const file = fileURLToPath(new URL('../../test/golden/titles.csv', import.meta.url))
    expect(await readTitles({ titles: file, catalogue: 'not read' })).toEqual(['Rezeta', 'Comma, Included'])
  })

  it('says which file it cannot read', async () => {
    const titles = readTitles({ catalogue: 'no-such-file.csv' })
    await expect(titles).rejects.toMatchObject({ code: 'FILE_UNREADABLE', context: { file: 'no-such-file.csv' } })
  })

  it('refuses a file without a column of titles', async () => {
    const file = fileURLToPath(new URL('../../test/golden/titles.csv', import.meta.url))
    await expect(readTitles({ catalogue: file })).rejects.toMatchObject({ code: 'CSV_HEADER' })
  })
})
