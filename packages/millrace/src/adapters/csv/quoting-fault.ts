export interface QuotingFault {
  /** From 1. */
  readonly line: number
  readonly what: string
}

/** Where a text breaks the rules of quoting; fast-csv refuses such a text but does not say in which line. */
export function findQuotingFault(text: string, delimiter: string): QuotingFault | undefined {
  let line = 1
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  let openedAt = 1
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) line++
    if (state === 'quoted') {
      if (char !== '"') continue
      if (text[at + 1] === '"') at++
      else state = 'closed'
    } else if (char === delimiter || char === '\n' || char === '\r') {
      state = 'start'
    } else if (char === '"' && state === 'start') {
      state = 'quoted'
      openedAt = line
    } else if (/\S/.test(char)) {
      if (state === 'closed') return { line, what: `'${char}' stands behind the closing quote of a field` }
      state = 'plain'
    }
  }
  return state === 'quoted' ? { line: openedAt, what: 'a quote is opened and never closed' } : undefined
}
