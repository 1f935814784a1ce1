/** A measurement that cannot be trusted, or could not be made: the run fails. */
export class BenchmarkError extends Error {
  override readonly name = 'BenchmarkError'
}

/** Throws unless a count is exactly what it should be: what was not done cannot have been measured. */
export function checkEqual(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new BenchmarkError(`${what}: ${actual}, expected ${expected}`)
}
