const shown = 5

/** One fault that names the first differences and how many there are; none where there are none. */
export function differencesText(of: string, differences: readonly string[]): readonly string[] {
  if (differences.length === 0) return []
  const more = differences.length > shown ? `; and ${differences.length - shown} more` : ''
  return [`${of} differs in ${differences.length} counts: ${differences.slice(0, shown).join('; ')}${more}`]
}
