/** Wrong use, or a run that could not be made; a run that was made and failed is a list of faults instead. */
export class ChaosError extends Error {
  override readonly name: string = 'ChaosError'
}
