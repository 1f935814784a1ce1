import { expect, it } from 'vitest'
import { markdownTable } from './markdown-table.ts'

it('lines up its columns', () => {
  const table = markdownTable(
    [{ title: 'side' }, { title: 'records/s', align: 'right' }],
    [
      ['bare kafkajs', '344,000'],
      ['millrace', '9'],
    ],
  )
  expect(table.split('\n')).toEqual([
    '| side         | records/s |',
    '| ------------ | --------: |',
    '| bare kafkajs |   344,000 |',
    '| millrace     |         9 |',
  ])
})
