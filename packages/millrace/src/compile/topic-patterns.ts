import { StreamsError } from '../errors/index.ts'
import type { PlanNode, SourceNode } from '../plan/index.ts'
import { compile } from './compile.ts'
import type { CompiledTopology } from './compiled-topology.ts'

/** The source that takes a topic by its pattern. Internal topics, of Millrace and of Kafka, are nobody's input. */
export function patternSourceOf(topology: CompiledTopology, topic: string): SourceNode | undefined {
  if (isInternal(topic, topology.applicationId)) return undefined
  return topology.plan.nodes.find((node): node is SourceNode => node.kind === 'source' && matches(node, topic))
}

/** The patterns whose topics are not known yet, as the user wrote them. */
export function patternsOf(topology: CompiledTopology): readonly string[] {
  const sources = topology.plan.nodes.filter((node) => node.kind === 'source')
  return sources.flatMap(({ pattern }) => (pattern === undefined ? [] : [String(pattern)]))
}

/** Whether some source reads by a pattern whose topics are not known yet. */
export function hasPatterns(topology: CompiledTopology): boolean {
  return patternsOf(topology).length > 0
}

/**
 * The topology with the topics that its patterns match among those that exist, in alphabetical order. Throws
 * TOPIC_MISSING for a pattern that matches none, and what `compile` throws for the topics found.
 */
export function resolvePatterns(topology: CompiledTopology, existing: readonly string[]): CompiledTopology {
  const { plan, applicationId } = topology
  const eligible = existing.filter((topic) => !isInternal(topic, applicationId)).sort()
  const resolved = plan.nodes.map((node): PlanNode => {
    if (node.kind !== 'source' || node.pattern === undefined) return node
    const topics = eligible.filter((topic) => matches(node, topic))
    if (topics.length === 0) throw noMatch(node)
    return Object.freeze({ ...node, topics: Object.freeze(topics) })
  })
  return compile(Object.freeze({ ...plan, nodes: Object.freeze(resolved) }), { applicationId })
}

function matches({ pattern }: SourceNode, topic: string): boolean {
  return pattern?.test(topic) ?? false
}

function isInternal(topic: string, applicationId: string): boolean {
  if (topic.startsWith('__')) return true
  return topic.startsWith(`${applicationId}-`) && /-(repartition|changelog)$/.test(topic)
}

function noMatch(node: SourceNode): StreamsError {
  return new StreamsError({
    code: 'TOPIC_MISSING',
    what: `No topic matches ${String(node.pattern)}`,
    hint: 'Create one before the start, or correct the pattern of source().',
    node: node.id,
    callSite: node.callSite,
  })
}
