import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StartupFault } from '../../errors/index.ts'
import type { LogFields, Logger } from '../../ports/logger.ts'
import type { LookupTable } from '../../ports/lookup-table.ts'
import { csvInteger, csvText } from './csv-column.ts'
import { csvTable } from './csv-table.ts'

const columns = { category: csvText({ from: 'rating' }), minutes: csvInteger({ from: 'duration' }) }

let folder: string
let file: string
let lines: { level: string; fields: LogFields; message: string }[]

const logger: Logger = {
  debug: (fields, message) => lines.push({ level: 'debug', fields, message }),
  info: (fields, message) => lines.push({ level: 'info', fields, message }),
  warn: (fields, message) => lines.push({ level: 'warn', fields, message }),
  error: (fields, message) => lines.push({ level: 'error', fields, message }),
  child: () => logger,
}

beforeEach(async () => {
  // outside of the working folder, whatever TMPDIR says: faults name files inside it by their relative path
  folder = await mkdtemp(join(tmpdir(), 'millrace-csv-'))
  vi.spyOn(process, 'cwd').mockReturnValue('/elsewhere')
  file = join(folder, 'films.csv')
  lines = []
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

type Options = Partial<Parameters<typeof csvTable>[1]>
type Opened = { table: LookupTable<string, object>; faults: readonly StartupFault[] }

async function open(text: string | Buffer, options: Options = {}): Promise<Opened> {
  await writeFile(file, text)
  const table = csvTable(file, { key: 'title', columns, ...options }).open(logger)
  return { table, faults: await table.load() }
}

const where = (line: number): string => `${file}:${line}`

describe('csvTable', () => {
  it('gives the declared columns of a row, converted and renamed, without the key', async () => {
    const { table, faults } = await open('show_id,title,rating,duration\ns1,Young Tiger,TV-14,81\n')
    expect(faults).toEqual([])
    expect(table.get('Young Tiger')).toEqual([{ category: 'TV-14', minutes: 81 }])
    expect(table.size).toBe(1)
  })

  it('gives the key too if it is declared', async () => {
    const { table } = await open('title\n15-Aug\n', { columns: { title: csvText() } })
    expect(table.get('15-Aug')).toEqual([{ title: '15-Aug' }])
  })

  it('answers the same empty array for every key that is not there', async () => {
    const { table } = await open('title,rating,duration\na,R,1\n')
    expect(table.get('b')).toEqual([])
    expect(table.get('b')).toBe(table.get('c'))
    expect(table.get('__proto__')).toEqual([])
  })

  it('neither trims nor re-cases nor converts keys', async () => {
    const keys = ['Consequences', 'Consequences\u00a0', ' Consequences', 'CONSEQUENCES', '1917', '01917', '1917.0']
    const { table, faults } = await open(`title,n\n${keys.map((key, index) => `${key},${index}`).join('\n')}\n`, {
      columns: { n: csvInteger() },
    })
    expect(faults).toEqual([])
    expect(keys.map((key) => table.get(key))).toEqual(keys.map((_, n) => [{ n }]))
  })

  it('reads quotes, commas and line breaks in fields, CRLF, and a byte order mark', async () => {
    const { table, faults } = await open('\ufefftitle,rating,duration\r\n"The ""Good"", the Bad\r\n…",PG,90\r\n')
    expect(faults).toEqual([])
    expect(table.get('The "Good", the Bad\r\n…')).toEqual([{ category: 'PG', minutes: 90 }])
  })

  it('takes the names of a file without header from the options, and keeps its first row', async () => {
    const { table, faults } = await open('Dick Johnson\nSankofa\n', { header: ['title'], columns: {} })
    expect(faults).toEqual([])
    expect([table.size, table.get('Dick Johnson')]).toEqual([2, [{}]])
  })

  it('takes a file URL and another delimiter', async () => {
    await writeFile(file, 'title;duration\na,b;3\n')
    const options = { key: 'title', columns: { duration: csvInteger() }, delimiter: ';' }
    const spec = csvTable(pathToFileURL(file), options)
    const table = spec.open(logger)
    expect([spec.name, await table.load()]).toEqual(['csv films.csv', []])
    expect(table.get('a,b')).toEqual([{ duration: 3 }])
  })

  it('warns of a table without rows', async () => {
    expect((await open('title,rating,duration\n')).faults).toEqual([])
    expect(lines).toMatchObject([{ level: 'warn', message: 'csv table has no rows' }])
  })
})

describe('faults of a CSV file', () => {
  it('come all at once, each with line and column', async () => {
    const text = ['title,rating,duration', 'a,R,long', ',R,1', 'b,R', 'c,R,1', 'c,PG,', '"d\nd",R,x', 'e,R,1,2']
    const { table, faults } = await open(text.join('\n'))
    expect(faults.map((fault) => [fault.code, fault.where, fault.what])).toEqual([
      ['CSV_VALUE', where(2), `column 'duration': "long" is not an integer`],
      ['CSV_KEY', where(3), "column 'title', the key, is empty"],
      ['CSV_VALUE', where(4), '2 fields instead of 3'],
      ['CSV_VALUE', where(6), "column 'duration': is empty"],
      ['CSV_KEY', where(6), `column 'title', the key: "c" stands in line 5 already`],
      ['CSV_VALUE', where(7), `column 'duration': "x" is not an integer`],
      ['CSV_VALUE', where(9), '4 fields instead of 3'],
    ])
    expect([table.size, table.get('a')]).toEqual([0, []])
  })

  it('show spaces that look like others', async () => {
    const { faults } = await open('title,rating,duration\na,R,7\u00a0\n')
    expect(faults[0]!.what).toBe(String.raw`column 'duration': "7\u00a0" is not an integer`)
  })

  it('are listed up to fifty, and the rest counted', async () => {
    const { faults } = await open(`title,rating,duration\n${'a,R\n'.repeat(60)}`)
    expect(faults).toHaveLength(51)
    expect(faults[50]).toMatchObject({ where: file, what: '10 more faults in this file' })
  })

  it('name every column that the header lacks or has twice', async () => {
    const { faults } = await open('Title ,rating,rating\n')
    expect(faults.map((fault) => [fault.code, fault.where, fault.what])).toEqual([
      ['CSV_HEADER', where(1), "column 'title' is missing"],
      ['CSV_HEADER', where(1), "column 'rating' stands there 2 times"],
      ['CSV_HEADER', where(1), "column 'duration' is missing"],
    ])
    expect(faults[0]!.hint).toContain("'Title '")
  })

  it('say that a file may have no header', async () => {
    expect((await open('Sankofa,R,125\n')).faults[0]!.hint).toContain('header: [...]')
  })

  it('name the header that the options deny', async () => {
    const { faults } = await open('title\na\n', { header: ['title'], columns: {} })
    expect(faults).toMatchObject([{ code: 'CSV_HEADER', where: where(1) }])
  })

  it('name a missing file', async () => {
    const table = csvTable(join(folder, 'none.csv'), { key: 'title', columns }).open(logger)
    expect(await table.load()).toMatchObject([{ code: 'FILE_UNREADABLE', where: join(folder, 'none.csv') }])
  })

  it('name an empty file', async () => {
    expect((await open('')).faults).toMatchObject([{ code: 'CSV_HEADER', what: 'the file is empty' }])
  })

  it('name the line of a quote that is never closed, after those before it', async () => {
    const { faults } = await open('title,rating,duration\na,R,1\n"b,R,1\nc,R,1\n')
    expect(faults).toMatchObject([{ code: 'CSV_VALUE', where: where(3), what: 'a quote is opened and never closed' }])
  })

  it('name the line of bytes that are not UTF-8', async () => {
    const { faults } = await open(Buffer.from('title,rating,duration\na,R,1\nAm\xe9lie,R,1\n', 'latin1'))
    expect(faults).toMatchObject([{ code: 'CSV_VALUE', where: where(3), what: 'the bytes are not UTF-8' }])
  })
})

describe('a key that stands there twice', () => {
  const text = 'title,n\n22-Jul,1\n15-Aug,2\n22-Jul,3\n22-Jul,4\n'
  const n = { n: csvInteger() }

  it.each([
    ['first', [{ n: 1 }], 2],
    ['last', [{ n: 4 }], 2],
  ] as const)('keeps the %s row, and warns with key and lines', async (onDuplicateKey, rows, size) => {
    const { table, faults } = await open(text, { columns: n, onDuplicateKey })
    expect([faults, table.get('22-Jul'), table.size]).toEqual([[], rows, size])
    const examples = [{ key: '22-Jul', lines: [2, 4, 5] }]
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { duplicateKeys: 1, examples } })
  })

  it('gives all rows in the order of the file under fanOut', async () => {
    const { table, faults } = await open(text, { columns: n, onDuplicateKey: 'fanOut' })
    expect([faults, table.get('22-Jul'), table.size]).toEqual([[], [{ n: 1 }, { n: 3 }, { n: 4 }], 4])
    expect(lines.at(-1)).toMatchObject({ level: 'info', fields: { duplicateKeys: 1 } })
  })
})

describe('a CSV file that changes', () => {
  const reload = { everyMs: 5 }
  const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5_000, interval: 5 })

  it('is read again, also when it is replaced by renaming', async () => {
    const { table } = await open('title,rating,duration\na,R,1\n', { reload })
    try {
      await writeFile(join(folder, 'new.csv'), 'title,rating,duration\na,R,22\n')
      await rename(join(folder, 'new.csv'), file)
      await until(() => expect(table.get('a')).toEqual([{ category: 'R', minutes: 22 }]))
      await writeFile(file, 'title,rating,duration\na,R,333\nb,R,1\n')
      await until(() => expect([table.get('a'), table.size]).toEqual([[{ category: 'R', minutes: 333 }], 2]))
    } finally {
      table.close()
    }
  })

  it('keeps its old rows while it has faults, and says so', async () => {
    const { table } = await open('title,rating,duration\na,R,1\n', { reload })
    try {
      await writeFile(file, 'title,rating,duration\na,R,long\n')
      await until(() => expect(lines.at(-1)?.level).toBe('error'))
      expect(lines.at(-1)!.fields['faults']).toMatchObject([{ code: 'CSV_VALUE', where: where(2) }])
      expect(table.get('a')).toEqual([{ category: 'R', minutes: 1 }])
    } finally {
      table.close()
    }
  })
})

describe('options of csvTable', () => {
  const options = { key: 'title', columns: {} }
  it.each([
    ['', options],
    [new URL('http://127.0.0.1/films.csv'), options],
    ['f.csv', { ...options, delimiter: ',,' }],
    ['f.csv', { ...options, onDuplicateKey: 'newest' as never }],
    ['f.csv', { ...options, header: ['title', 'title'] }],
    ['f.csv', { ...options, header: ['name'] }],
    ['f.csv', { ...options, header: ['title'], columns: { n: csvInteger() } }],
    ['f.csv', { ...options, reload: { everyMs: 0 } }],
  ])('that are wrong throw where they are written (%#)', (path, wrong) => {
    expect(() => csvTable(path, wrong)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
