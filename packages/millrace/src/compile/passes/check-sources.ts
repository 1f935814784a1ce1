import { StreamsError } from '../../errors/index.ts'
import type { GlobalTableNode, Plan, SourceNode } from '../../plan/index.ts'

/** A topology reads something, and each topic through one source only. */
export function checkSources(plan: Plan): void {
  const sources = plan.nodes.filter((node) => node.kind === 'source')
  if (sources.length === 0) {
    throw new StreamsError({
      code: 'TOPOLOGY_INVALID',
      what: `Topology '${plan.name}' reads nothing`,
      hint: "Start it with t.source('topic').",
    })
  }
  const readers = new Map<string, SourceNode | GlobalTableNode>()
  const patterns = new Map<string, SourceNode>()
  for (const source of sources) {
    if (source.pattern !== undefined) {
      const same = patterns.get(String(source.pattern))
      if (same !== undefined) throw twice(String(source.pattern), same, source)
      patterns.set(String(source.pattern), source)
    }
    for (const topic of source.topics) {
      const first = readers.get(topic)
      if (first !== undefined) throw twice(topic, first, source)
      readers.set(topic, source)
    }
  }
  for (const node of plan.nodes) {
    if (node.kind !== 'global-table') continue
    const reader = readers.get(node.topic) ?? sources.find(({ pattern }) => pattern?.test(node.topic))
    if (reader !== undefined) throw twice(node.topic, reader, node)
    readers.set(node.topic, node)
  }
  for (const [topic, reader] of readers) {
    const second = sources.find((source) => source !== reader && source.pattern?.test(topic))
    if (second !== undefined) throw twice(topic, reader, second)
  }
}

function twice(topic: string, first: SourceNode | GlobalTableNode, second: SourceNode | GlobalTableNode): StreamsError {
  return new StreamsError({
    code: 'TOPIC_CONFLICT',
    what: `Topic '${topic}' has two sources (the other one at ${first.callSite ?? first.id})`,
    hint:
      second.kind === 'source' && second.pattern !== undefined
        ? `Make ${String(second.pattern)} narrower, or take the topic from its stream.`
        : 'Keep the stream of the first source() in a variable and use it twice.',
    topic,
    callSite: second.callSite,
  })
}
