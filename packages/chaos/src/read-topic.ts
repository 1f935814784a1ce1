import type { RecordBatch, Transport } from 'millrace/ports'
import { ChaosError } from './chaos-error.ts'

/** Hands over every record that a `read_committed` reader sees of a topic, each partition in its order. */
export async function readTopic(
  transport: Transport,
  topic: string,
  onRecord: (batch: RecordBatch, index: number) => void,
): Promise<void> {
  const count = (await transport.admin.partitionCounts([topic])).get(topic)
  if (count === undefined) throw new ChaosError(`Topic ${topic} is gone`)
  const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }))
  const [starts, ends] = await Promise.all([
    transport.admin.offsets(partitions, 'earliest'),
    transport.admin.stableOffsets(partitions),
  ])
  const first = new Map(starts.map(({ partition, offset }) => [partition, offset]))
  const open = new Map(ends.filter(({ partition, offset }) => offset > first.get(partition)!).map(byPartition))
  if (open.size === 0) return
  await new Promise<void>((resolve, reject) => {
    const reader = transport.reader(
      { clientId: 'chaos-reader', isolation: 'read_committed' },
      {
        onBatch: (batch) => {
          const end = open.get(batch.partition)
          if (end === undefined) return
          for (let index = 0; index < batch.count; index++) if (batch.offset(index) < end) onRecord(batch, index)
          if (batch.nextOffset < end) return
          open.delete(batch.partition)
          if (open.size === 0) reader.close().then(resolve, reject)
        },
        onFailed: reject,
      },
    )
    reader.add([...open.keys()].map((partition) => ({ topic, partition, offset: first.get(partition)! })))
  })
}

function byPartition(one: { readonly partition: number; readonly offset: number }): readonly [number, number] {
  return [one.partition, one.offset]
}
