import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../ports/record.ts'
import type { SourceReader } from '../processors/index.ts'
import { recordBatchOf } from '../testing/record-batch-of.ts'
import { PartitionGroup } from './partition-group.ts'
import { PartitionQueue } from './partition-queue.ts'

/** Takes the event time from the value: `t5` is 5, `bad` is left out. */
function reader(topic: string, seen: string[]): SourceReader {
  let held = -1
  const timeOf = (batch: RecordBatch, index: number): number => {
    const text = batch.value(index)?.toString() ?? ''
    return text.startsWith('t') ? Number(text.slice(1)) : batch.timestamp(index)
  }
  return {
    read(batch, from, to) {
      for (let index = from; index < to; index++) seen.push(`${topic}@${timeOf(batch, index)}`)
    },
    peek(batch, index) {
      seen.push(...(batch.value(index)?.toString() === 'bad' ? [`${topic} bad`] : []))
      held = timeOf(batch, index)
      return batch.value(index)?.toString() === 'bad' ? undefined : held
    },
    take: () => void seen.push(`${topic}@${held}`),
    partitionTime: -1,
  }
}

function group(topics: readonly string[]) {
  const seen: string[] = []
  const inputs = topics.map((topic) => ({
    queue: new PartitionQueue(topic, 0, 0),
    reader: reader(topic, seen),
  }))
  const send = (topic: string, timestamps: readonly number[], firstOffset = 0) =>
    inputs
      .find((input) => input.queue.topic === topic)!
      .queue.enqueue(
        recordBatchOf(
          topic,
          0,
          timestamps.map((timestamp, index) => ({ offset: firstOffset + index, timestamp, value: 'xx' })),
        ),
      )
  return { group: new PartitionGroup(inputs), inputs, send, seen }
}

describe('PartitionGroup', () => {
  it('takes the record with the smallest timestamp next, each input in offset order', () => {
    const { group: both, send, seen } = group(['a', 'b'])
    send('a', [10, 5, 40])
    send('b', [20, 30])
    expect(both.process(100)).toBe(5)
    expect(seen).toEqual(['a@10', 'a@5', 'b@20', 'b@30', 'a@40'])
  })

  it('sends what only one input has straight through, up to the limit', () => {
    const { group: both, inputs, send, seen } = group(['a', 'b'])
    send('a', [10, 5, 40, 30])
    expect(both.process(3)).toBe(3)
    expect(seen).toEqual(['a@10', 'a@5', 'a@40'])
    expect(inputs[0]!.queue.position).toBe(3)
    send('b', [35])
    expect(both.process(3)).toBe(2)
    expect(seen.slice(3)).toEqual(['a@30', 'b@35'])
  })

  it('prefers the input that was written first when timestamps are equal', () => {
    const { group: both, send, seen } = group(['a', 'b'])
    send('b', [7, 7])
    send('a', [7])
    both.process(100)
    expect(seen).toEqual(['a@7', 'b@7', 'b@7'])
  })

  it('goes by event time where that is not the Kafka timestamp', () => {
    const { group: both, inputs, seen } = group(['a', 'b'])
    const values = (topic: string, all: readonly string[]) =>
      recordBatchOf(
        topic,
        0,
        all.map((value, offset) => ({ offset, timestamp: 1000 - offset, value })),
      )
    inputs[0]!.queue.enqueue(values('a', ['t10', 't50']))
    inputs[1]!.queue.enqueue(values('b', ['t40', 't20']))
    both.process(100)
    expect(seen).toEqual(['a@10', 'b@40', 'b@20', 'a@50'])
  })

  it('reads each record once, leaves out what a policy leaves out, and moves behind it', () => {
    const { group: both, inputs, seen } = group(['a', 'b'])
    inputs[0]!.queue.enqueue(
      recordBatchOf('a', 0, [
        { offset: 0, value: 'bad' },
        { offset: 1, value: 'bad' },
      ]),
    )
    inputs[1]!.queue.enqueue(recordBatchOf('b', 0, [{ offset: 0, timestamp: 7, value: 'x' }]))
    expect(both.process(1)).toBe(2)
    expect(both.process(1)).toBe(1)
    expect(seen).toEqual(['a bad', 'a bad', 'b@7'])
    expect(inputs.map(({ queue }) => queue.position)).toEqual([2, 1])
  })

  it('takes an input that comes later into its order', () => {
    const { group: growing, send, seen } = group(['a'])
    send('a', [5, 9])
    growing.process(1)
    const queue = new PartitionQueue('late', 0, 0)
    growing.add({ queue, reader: reader('late', seen) })
    queue.enqueue(recordBatchOf('late', 0, [{ offset: 0, timestamp: 7, value: 'x' }]))
    growing.process(10)
    expect(seen).toEqual(['a@5', 'late@7', 'a@9'])
  })

  it('does not wait for an input that has nothing', () => {
    const { group: both, send, seen } = group(['a', 'b'])
    send('a', [50])
    both.process(100)
    send('b', [1])
    both.process(100)
    expect(seen).toEqual(['a@50', 'b@1'])
  })

  it('waits for an input that is known to have more, and for no other', () => {
    const { group: both, inputs, send, seen } = group(['a', 'b'])
    inputs[1]!.queue.enqueue(recordBatchOf('b', 0, [{ offset: 0, timestamp: 1 }], { highWatermark: 2 }))
    send('a', [5, 50])
    expect(both.process(100)).toBe(1)
    expect(both.isWaiting).toBe(true)
    send('b', [10], 1)
    expect(both.isWaiting).toBe(false)
    expect(both.process(100)).toBe(3)
    expect(seen).toEqual(['b@1', 'a@5', 'b@10', 'a@50'])
  })

  it('processes no more than it is asked for, across batches', () => {
    const { group: one, send } = group(['a'])
    send('a', [1, 2, 3])
    send('a', [4, 5], 3)
    expect(one.process(4)).toBe(4)
    expect([one.records, one.bytes]).toEqual([1, 4])
    expect(one.process(4)).toBe(1)
    expect(one.process(4)).toBe(0)
    expect([one.records, one.bytes]).toEqual([0, 0])
  })

  it('does nothing without inputs', () => {
    expect(new PartitionGroup([]).process(10)).toBe(0)
  })
})
