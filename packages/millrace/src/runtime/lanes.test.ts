import { expect, it } from 'vitest'
import { embedded } from '../index.ts'
import { manualClock } from '../testing/index.ts'
import { TransactionalLanes } from './lanes.ts'
import { MetricsRegistry } from './metrics-registry.ts'
import { OutputBuffer } from './output-buffer.ts'

it('fails a task that was given up while it wrote as one that was overtaken', async () => {
  const server = embedded()
  server.createTopic('out', { partitions: 1 })
  const transport = server.transport()
  await transport.connect()
  const failures: string[] = []
  const lanes = new TransactionalLanes({
    transport,
    applicationId: 'app',
    createOutputs: (producer) =>
      new OutputBuffer(
        producer,
        new Map([['out', 1]]),
        new MetricsRegistry().counter('records-produced', ''),
        (error) => failures.push(error.code),
      ),
  })
  await lanes.open(['task_0'])
  const { outputs } = lanes.of('task_0')
  outputs.add('out', null, Buffer.from('late'), 0, [])
  lanes.close('task_0')
  await expect(outputs.flush()).rejects.toMatchObject({ code: 'GENERATION_LOST' })
  expect(failures).toEqual(['GENERATION_LOST'])
  await transport.close()
})

it('still tells why a task that is open cannot write', async () => {
  const clock = manualClock()
  const server = embedded({
    clock,
    faults: { before: ({ kind }) => (kind === 'produce' ? { kind: 'fail', retriable: false } : null) },
  })
  server.createTopic('out', { partitions: 1 })
  const transport = server.transport()
  await transport.connect()
  const outputsOf = (producer: ConstructorParameters<typeof OutputBuffer>[0]) =>
    new OutputBuffer(producer, new Map([['out', 1]]), new MetricsRegistry().counter('records-produced', ''), () => {})
  const lanes = new TransactionalLanes({ transport, applicationId: 'app', createOutputs: outputsOf })
  await lanes.open(['task_0'])
  const { outputs } = lanes.of('task_0')
  outputs.add('out', null, Buffer.from('refused'), 0, [])
  await expect(outputs.flush()).rejects.toMatchObject({ code: 'PRODUCE_FAILED' })
})
