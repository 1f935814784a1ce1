import { expectTypeOf, test } from 'vitest'
import type { LookupTableSpec } from '../../ports/lookup-table.ts'
import {
  csvBoolean,
  csvInteger,
  csvNumber,
  csvText,
  type CsvColumn,
  type CsvColumnOptions,
  type CsvColumns,
} from './csv-column.ts'
import { csvTable, type CsvTableOptions } from './csv-table.ts'

test('the row type is that of the declared columns', () => {
  const films = csvTable('films.csv', {
    key: 'title',
    columns: {
      show_id: csvText(),
      director: csvText({ empty: 'undefined' }),
      rating_category: csvText({ from: 'rating' }),
      duration: csvInteger({ from: 'length', empty: 'undefined' }),
      score: csvNumber({ empty: 'error' }),
      seen: csvBoolean(),
    },
  })
  expectTypeOf(films).toEqualTypeOf<
    LookupTableSpec<
      string,
      {
        readonly show_id: string
        readonly director: string | undefined
        readonly rating_category: string
        readonly duration: number | undefined
        readonly score: number
        readonly seen: boolean
      }
    >
  >()
})

test('options that may say undefined make a type that may be undefined', () => {
  const options: CsvColumnOptions = {}
  expectTypeOf(csvInteger(options)).toEqualTypeOf<CsvColumn<number | undefined>>()
})

test('a policy that does not exist does not compile', () => {
  expectTypeOf<'newest'>().not.toExtend<CsvTableOptions<CsvColumns>['onDuplicateKey']>()
})
