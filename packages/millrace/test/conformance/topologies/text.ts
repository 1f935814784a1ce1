import { string } from 'millrace'

/** Serdes of topics whose keys and values are text: all topics of the cases. */
export const texts = { key: string(), value: string() }

/** A value as the cases show it: `null` where there is none. */
export function text(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
