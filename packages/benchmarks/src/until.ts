import { setImmediate, setTimeout } from 'node:timers/promises'

/** Resolves soon after the condition holds; asks every `everyMs`, or with 0 at every turn of the event loop. */
export async function until(condition: () => boolean, everyMs: number): Promise<void> {
  while (!condition()) await (everyMs === 0 ? setImmediate() : setTimeout(everyMs))
}
