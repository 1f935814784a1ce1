import type { KStream, KTable } from 'millrace'
import type { Windowed } from 'millrace/ports'

/** A windowed table's updates with keys as the cases show them: `key@start/end`. */
export function windowedText<V>(table: KTable<Windowed<string>, V>): KStream<string, string> {
  return table.toStream().map(({ key, value }) => ({
    key: `${key.key}@${key.window.start}/${key.window.end}`,
    value: value === null ? (null as unknown as string) : String(value),
  }))
}
