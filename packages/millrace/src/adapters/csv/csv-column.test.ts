import { describe, expect, it } from 'vitest'
import { csvBoolean, csvInteger, csvNumber, csvText, unreadable } from './csv-column.ts'

describe('columns of a CSV file', () => {
  it('keep text as it stands', () => {
    expect(['', ' a ', '007', 'Consequences\u00a0'].map((text) => csvText().read(text))).toEqual([
      '',
      ' a ',
      '007',
      'Consequences\u00a0',
    ])
  })

  it.each([
    ['90', 90],
    ['-7', -7],
    ['+7', 7],
    [' 90\t', 90],
    ['-0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('read the integer "%s"', (text, expected) => {
    expect(csvInteger().read(text)).toBe(expected)
  })

  it.each(['', ' ', '90 min', '9.0', '1e3', '0x10', '1,000', '9007199254740992', 'NaN', '\u00a07', '٣'])(
    'take "%s" for no integer',
    (text) => {
      expect(csvInteger().read(text)).toBe(unreadable)
    },
  )

  it.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-1e-3', -0.001],
  ])('read the number "%s"', (text, expected) => {
    expect(csvNumber().read(text)).toBe(expected)
  })

  it.each(['', '.', 'e5', '1e', '1,5', '1e999', 'Infinity', '1 2'])('take "%s" for no number', (text) => {
    expect(csvNumber().read(text)).toBe(unreadable)
  })

  it('read booleans in any case, and nothing else', () => {
    expect(['true', 'FALSE', ' True ', '1', '0', 'yes', ''].map((text) => csvBoolean().read(text))).toEqual([
      true,
      false,
      true,
      true,
      false,
      unreadable,
      unreadable,
    ])
  })

  it('give undefined for an empty field where it is asked for', () => {
    const empty = 'undefined'
    const columns = [csvText({ empty }), csvInteger({ empty }), csvNumber({ empty }), csvBoolean({ empty })]
    expect(columns.map((column) => column.read(''))).toEqual([undefined, undefined, undefined, undefined])
  })

  it('refuse empty text where it is asked for', () => {
    expect(csvText({ empty: 'error' }).read('')).toBe(unreadable)
  })
})
