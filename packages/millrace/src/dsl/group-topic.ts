import type { Serde } from '../serde/index.ts'
import type { Handle } from './handle.ts'
import type { Grouping } from './k-grouped-stream.ts'

/** What the groupings whose topic the user named have been written to so far. */
const named = new WeakMap<Grouping, Handle>()

/**
 * A grouping, brought into the partitions of its key. All aggregations of one that the user named read one internal
 * topic; without a name each has its own, called `otherwise`.
 */
export function groupTopic(
  at: Handle,
  grouping: Grouping,
  otherwise: string,
  written: { readonly value?: Serde<unknown>; readonly isImplicit?: boolean } = {},
): Handle {
  const { value = grouping.value, ...options } = written
  if (grouping.repartition === undefined) return at.repartitioned(otherwise, grouping.key, value, options)
  const topic = named.get(grouping) ?? at.repartitioned(grouping.repartition, grouping.key, value, options)
  named.set(grouping, topic)
  return topic
}
