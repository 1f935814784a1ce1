import { differencesText } from './differences.ts'

/** Compares every count of the store with the exact one; gives faults in words. */
export function checkState(
  where: string,
  actual: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
): readonly string[] {
  const differences: string[] = []
  for (const [name, count] of expected) {
    const found = actual.get(name)
    if (found !== count) differences.push(`${name}: ${found ?? 'nothing'}, exact is ${count}`)
  }
  for (const [name, count] of actual) if (!expected.has(name)) differences.push(`${name}: ${count}, exact is nothing`)
  return differencesText(`the state (${where})`, differences)
}
