import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRecords, type CsvRecord } from './csv-records.ts'

async function recordsOf(text: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = []
  for await (const record of csvRecords(Buffer.from(text), ',')) records.push(record)
  return records
}

describe('csvRecords', () => {
  it('numbers lines across blank ones and across line breaks in fields', async () => {
    expect(await recordsOf('\ufefftitle,n\r\n\r\n"a\nb\r\nc",1\n   \nd,2')).toEqual([
      { fields: ['title', 'n'], line: 1 },
      { fields: ['a\nb\r\nc', '1'], line: 3 },
      { fields: ['d', '2'], line: 7 },
    ])
  })

  it('gives back every field that was written in quotes, and its line', async () => {
    const field = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\u00a0', 'λ', '🎬', '\ufeff', '1'),
    })
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(rows, async (fields) => {
        let line = 1
        const expected = fields.map((row) => {
          const record = { fields: row, line }
          line += 1 + row.join('x').split(/\r\n|\n|\r/).length - 1
          return record
        })
        const text = fields.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n')
        expect(await recordsOf(text)).toEqual(expected)
      }),
    )
  })

  it('reads a file of many chunks as one', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `λ${index},"x, ${index}"\r\n`)
    const records = await recordsOf(lines.join(''))
    expect(records).toHaveLength(30_000)
    expect(records[29_999]).toEqual({ fields: ['λ29999', 'x, 29999'], line: 30_000 })
  })
})
