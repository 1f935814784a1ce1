import type { TaskSlot } from './assignor.ts'

/**
 * Gives every task with state up to `replicas` standbys: not on the member that has the task, first where its state is
 * warm already, else where the fewest are. Deterministic, like the assignment that it follows.
 */
export function assignStandbys(
  assigned: ReadonlyMap<string, readonly TaskSlot[]>,
  warm: ReadonlyMap<string, readonly string[]>,
  replicas: number,
): ReadonlyMap<string, readonly string[]> {
  const standbys = new Map<string, string[]>([...assigned.keys()].map((memberId) => [memberId, []]))
  if (replicas === 0) return standbys
  for (const [owner, slots] of assigned) {
    for (const { id, hasState } of slots) {
      if (!hasState) continue
      const candidates = [...standbys].filter(([memberId]) => memberId !== owner)
      const isWarm = ([memberId]: readonly [string, unknown]): number => (warm.get(memberId)?.includes(id) ? 0 : 1)
      candidates.sort((one, other) => isWarm(one) - isWarm(other) || one[1].length - other[1].length)
      for (const [, own] of candidates.slice(0, replicas)) own.push(id)
    }
  }
  return standbys
}
