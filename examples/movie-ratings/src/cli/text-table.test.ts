import { describe, expect, it } from 'vitest'
import { textTable } from './text-table.ts'
import { textWidth } from './text-width.ts'

const columns = [{ title: 'movie' }, { title: 'rating', align: 'right' }] as const

describe('textTable', () => {
  it('aligns columns of narrow and of wide characters', () => {
    const lines = textTable(
      {
        columns,
        rows: [
          ['雨の日', '7'],
          ['Ένα', '10'],
        ],
      },
      100,
    )
    expect(lines).toEqual(['movie   rating', '──────  ──────', '雨の日       7', 'Ένα         10'])
  })

  it('shortens the widest column where the table does not fit', () => {
    const lines = textTable({ columns, rows: [['A very long title of a film', '7']] }, 24)
    expect(lines.every((line) => textWidth(line) <= 24)).toBe(true)
    expect(lines[2]).toBe('A very long tit…       7')
  })

  it('leaves fixed columns as they are', () => {
    const fixed = [{ title: 'movie', isFixed: true }, { title: 'name' }]
    const lines = textTable({ columns: fixed, rows: [['A very long title of a film', 'Someone Else']] }, 36)
    expect(lines[2]).toBe('A very long title of a film  Someon…')
  })

  it('keeps control characters off the screen and shows a no-break space at the end', () => {
    const lines = textTable(
      {
        columns,
        rows: [
          ['a\u001b[2Jb', '1'],
          ['same\u00a0', '2'],
        ],
      },
      100,
    )
    expect(lines[2]).toContain('a�[2Jb')
    expect(lines[3]).toContain('same⍽')
  })
})
