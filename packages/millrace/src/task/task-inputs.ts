import type { SubTopology } from '../compile/index.ts'
import type { PlanNode, SourceNode } from '../plan/index.ts'
import type { PartitionOffset } from '../ports/index.ts'
import { buildChain, type Forward, source, type TaskServices } from '../processors/index.ts'
import type { PartitionInput } from './partition-group.ts'
import { PartitionQueue } from './partition-queue.ts'

/** Where an input begins. */
export interface InputPosition extends PartitionOffset {
  /** Where its log is known to end; absent: at the position. */
  readonly end?: number
}

/** An input for a topic that a source takes by its pattern; undefined where none does. */
export type OpenInput = (topic: string) => PartitionInput | undefined

export function openInputs(
  sub: SubTopology,
  partition: number,
  positions: readonly InputPosition[],
  services: TaskServices,
): readonly [readonly PartitionInput[], OpenInput] {
  const chain = buildChain(sub.nodes, services)
  const sources = sub.nodes.filter(isSource)
  const open = (node: SourceNode, topic: string, position: number, end?: number): PartitionInput => ({
    queue: new PartitionQueue(topic, partition, position, end),
    reader: source(node, chain.get(node.id) as Forward, services),
  })
  const inputs = sources.flatMap((node) =>
    node.topics.flatMap((topic) => {
      const position = positions.find((one) => one.topic === topic && one.partition === partition)
      return position === undefined ? [] : [open(node, topic, position.offset, position.end)]
    }),
  )
  const openInput: OpenInput = (topic) => {
    const node = sources.find(({ pattern }) => pattern?.test(topic))
    return node === undefined ? undefined : open(node, topic, 0)
  }
  return [inputs, openInput]
}

function isSource(node: PlanNode): node is SourceNode {
  return node.kind === 'source'
}
