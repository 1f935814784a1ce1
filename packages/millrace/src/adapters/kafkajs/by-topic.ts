/** Kafka's requests nest partitions in topics. Order of appearance is kept. */
export function byTopic<T extends { readonly topic: string }>(list: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const topics = new Map<string, T[]>()
  for (const each of list) {
    const same = topics.get(each.topic)
    if (same) same.push(each)
    else topics.set(each.topic, [each])
  }
  return topics
}
