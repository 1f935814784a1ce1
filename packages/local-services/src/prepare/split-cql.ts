/** The statements of a CQL file, without comments. */
export function splitCql(text: string): string[] {
  const statements: string[] = []
  let statement = ''
  // quoted text is taken whole: a semicolon or a dash inside it means nothing
  for (const [token] of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|(?:--|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/g)) {
    if (token === ';') {
      statements.push(statement)
      statement = ''
    } else if (!/^(?:--|\/\/|\/\*)/.test(token)) statement += token
  }
  return [...statements, statement].map((one) => one.trim()).filter((one) => one !== '')
}
