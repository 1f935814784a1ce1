import { setTimeout } from 'node:timers/promises'

/** Resolves soon after the condition holds; asks every `everyMs`. */
export async function until(condition: () => boolean, everyMs: number): Promise<void> {
  while (!condition()) await setTimeout(everyMs)
}
