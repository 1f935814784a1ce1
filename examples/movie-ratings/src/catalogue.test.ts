import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'millrace/ports'
import { describe, expect, it, onTestFinished } from 'vitest'
import { catalogue } from './catalogue.ts'

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }

async function opened(file?: string) {
  const table = catalogue(file).open(quiet)
  onTestFinished(() => table.close())
  return { table, faults: await table.load() }
}

async function fileOf(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'catalogue-')), 'films.csv')
  await writeFile(file, text)
  return file
}

describe('the catalogue of the example', () => {
  it('has no faults and every column typed', async () => {
    const { table, faults } = await opened()
    expect(faults).toEqual([])
    expect(table.get('The Apricot Conspiracy')).toEqual([
      {
        show_id: 's1',
        director: 'Haruto Brandvik',
        country: 'Canada',
        release_year: 2005,
        rating_category: 'TV-14',
        duration: 96,
      },
    ])
  })

  it.each([
    ['with a comma', 'Slow Train, Fast Weather'],
    ['with quotation marks', 'The So-Called "Expert" of Harbour Street'],
    ['in Greek', 'Μια Βάρκα στο Μπαλκόνι'],
    ['in Japanese', '雨の日の郵便配達'],
    ['that looks like a number', '0017'],
  ])('finds a title %s', async (_, title) => {
    const { table } = await opened()
    expect(table.get(title)).toHaveLength(1)
  })

  it('tells titles apart that differ by a no-break space, by a capital letter, by dots', async () => {
    const { table } = await opened()
    const idOf = (title: string) => table.get(title)[0]?.show_id
    expect(idOf('Consequences of Weather')).not.toBe(idOf('Consequences of Weather\u00a0'))
    expect(idOf('Kites and Kings')).not.toBe(idOf('Kites And Kings'))
    expect(idOf('Back Road')).not.toBe(idOf('Back Road...'))
    expect(table.get('17')).toEqual([])
  })

  it('takes the first row of a title that is listed twice', async () => {
    const { table } = await opened()
    expect(table.get('14-Nov').map((film) => film.show_id)).toEqual(['s207'])
    expect(table.get('The Lantern Keeper of Ithaca').map((film) => film.show_id)).toEqual(['s200'])
  })
})

describe('another catalogue', () => {
  const header = 'show_id,title,director,country,release_year,rating,duration\n'

  it('leaves unset what it leaves empty', async () => {
    const { table, faults } = await opened(await fileOf(`${header}x1,One,,,1990,,\n`))
    expect(faults).toEqual([])
    expect(table.get('One')).toMatchObject([{ show_id: 'x1', release_year: 1990, duration: undefined }])
  })

  it('is refused with every fault, its line and its column', async () => {
    const { faults } = await opened(await fileOf(`${header}x1,One,,,1990,PG,90 min\nx2,Two,,,soon,PG,90\n`))
    expect(faults.map(({ code }) => code)).toEqual(['CSV_VALUE', 'CSV_VALUE'])
    expect(faults.map(({ where }) => where)).toEqual([
      expect.stringContaining('films.csv:2'),
      expect.stringContaining('films.csv:3'),
    ])
  })
})
