export {
  csvBoolean,
  csvInteger,
  csvNumber,
  csvText,
  type CsvColumn,
  type CsvColumnOptions,
  type CsvColumns,
  type CsvRow,
  type EmptyValue,
} from './csv-column.ts'
export { csvTable, type CsvTableOptions } from './csv-table.ts'
