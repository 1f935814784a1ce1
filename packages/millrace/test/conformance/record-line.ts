import type { CaseRecord } from './case.ts'

/** A record in the notation of the case files. */
export function recordLine(record: CaseRecord): string {
  const headers = record.headers.map(({ name, value }) => `h:${name}=${value}`)
  return [record.topic, record.key ?? 'null', record.value ?? 'null', record.timestamp, ...headers].join(' | ')
}
