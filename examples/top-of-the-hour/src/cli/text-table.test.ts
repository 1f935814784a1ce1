import { expect, it } from 'vitest'
import { textTable } from './text-table.ts'

it('lines up columns, numbers to the right', () => {
  const text = textTable(
    [{ title: 'film' }, { title: 'n', isRight: true }],
    [
      ['Odd Socks', '7'],
      ['Cold Tea', '12'],
    ],
  )
  expect(text).toBe('film        n\n─────────  ──\nOdd Socks   7\nCold Tea   12\n')
})
