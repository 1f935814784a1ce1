import { expect, it } from 'vitest'
import type { ProduceAck, ProduceBatch } from '../ports/index.ts'
import { MetricsRegistry } from './metrics-registry.ts'
import { OutputBuffer } from './output-buffer.ts'

it('tells a task only of what was added since it watches, so that what its predecessor left is noticed as a gap', async () => {
  let end = 0
  const sends: (() => void)[] = []
  const send = (batches: readonly ProduceBatch[]): Promise<readonly ProduceAck[]> =>
    new Promise((resolve) => {
      sends.push(() => {
        resolve(
          batches.map(({ topic, partition, records }) => {
            end += records.length
            return { topic, partition, baseOffset: end - records.length, count: records.length }
          }),
        )
      })
    })
  const outputs = new OutputBuffer(
    { send },
    new Map([['changelog', 1]]),
    new MetricsRegistry().counter('records-produced', ''),
    () => {},
  )
  const add = (): void => outputs.add('changelog', Buffer.from('k'), Buffer.from('v'), 0, [])
  const acks: string[] = []
  const told =
    (name: string) =>
    ({ baseOffset, count }: ProduceAck): void =>
      void acks.push(`${name} ${baseOffset} ${count}`)
  const unwatch = outputs.watch('changelog', 0, told('first'))
  add()
  outputs.kick() // on its way
  add() // waits
  unwatch()
  outputs.watch('changelog', 0, told('second'))
  add()
  const flushed = outputs.flush()
  for (let turn = 0; turn < 3; turn++) {
    sends.shift()?.()
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
  await flushed
  expect(acks).toEqual(['second 2 1'])
})
