import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createKafkajsTransport } from '../../src/adapters/kafkajs/index.ts'
import type { TopicPartition, Transport } from '../../src/ports/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { createSpreadAssignor } from '../../src/testing/conformance/transport/spread-assignor.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const { brokers, skipped } = kafkaAddresses(inject)
const services = { clock: systemClock, logger: quietLogger() }

function records(...values: readonly (string | Buffer)[]) {
  return values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 1_743_069_370_841, headers: [] }))
}

describe.skipIf(skipped !== undefined)(`kafkajs transactions${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
  let transport: Transport

  beforeAll(async () => {
    transport = createKafkajsTransport({ brokers }, services)
    await transport.connect()
  })
  afterAll(() => transport?.close())

  async function topicOf(partitions: number): Promise<string> {
    const topic = `transactions-${randomUUID()}`
    await transport.admin.createTopics([{ topic, partitions }])
    return topic
  }

  /** What a read_committed reader sees up to the present end. */
  async function committedValues(partition: TopicPartition): Promise<readonly string[]> {
    const [end] = await transport.admin.offsets([partition], 'latest')
    const values: string[] = []
    let next = 0
    const reader = transport.reader(
      { clientId: 'test', isolation: 'read_committed' },
      {
        onBatch: (batch) => {
          for (let index = 0; index < batch.count; index++) values.push(String(batch.value(index)))
          next = batch.nextOffset
        },
        onFailed: (error) => expect.fail(error.message),
      },
    )
    reader.add([{ ...partition, offset: 0 }])
    await expect.poll(() => next, { timeout: 20_000, interval: 5 }).toBe(end!.offset)
    await reader.close()
    return values
  }

  it('ends what a killed process left open, so that its offsets and records never count', async () => {
    const partition = { topic: await topicOf(1), partition: 0 }
    const [transactionalId, groupId] = [`tx-${randomUUID()}`, `group-${randomUUID()}`]
    const script = fileURLToPath(new URL('./kafkajs-open-transaction.mjs', import.meta.url))
    const holder = spawn(process.execPath, [script, brokers.join(','), transactionalId, groupId, partition.topic], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(await transport.admin.stableOffsets([partition])).toEqual([{ ...partition, offset: 2 }])

    const producer = transport.transactionalProducer({ clientId: 'test', transactionalId })
    await producer.init()
    expect(await transport.admin.committed(groupId, [partition])).toEqual([
      { ...partition, offset: 1, metadata: 'kept' },
    ])
    expect(await committedValues(partition)).toEqual(['kept'])
    await producer.send([{ ...partition, records: records('next') }])
    await producer.sendOffsets(groupId, [{ ...partition, offset: 2, metadata: 'next' }])
    await producer.commit()
    await producer.close()
    expect(await transport.admin.committed(groupId, [partition])).toEqual([
      { ...partition, offset: 2, metadata: 'next' },
    ])
    expect(await committedValues(partition)).toEqual(['kept', 'next'])
  })

  it('fails a transaction whose records are refused, and goes on after abort', async () => {
    const partition = { topic: await topicOf(1), partition: 0 }
    const producer = transport.transactionalProducer({ clientId: 'test', transactionalId: `tx-${randomUUID()}` })
    await producer.init()
    for (const round of [0, 1]) {
      await producer.send([{ ...partition, records: records(`gone-${round}`) }])
      const tooLarge = producer.send([{ ...partition, records: records(Buffer.alloc(3_000_000)) }])
      await expect(tooLarge).rejects.toMatchObject({ code: 'TRANSACTION_FAILED', context: partition })
      await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
      await expect(producer.send([])).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
      await producer.abort()
      await producer.send([{ ...partition, records: records(`kept-${round}`) }])
      await producer.commit()
    }
    await producer.close()
    expect(await committedValues(partition)).toEqual(['kept-0', 'kept-1'])
  })

  it('does not take the id back by giving up a failed transaction when another has it', async () => {
    const partition = { topic: await topicOf(1), partition: 0 }
    const options = { clientId: 'test', transactionalId: `tx-${randomUUID()}` }
    const [old, fresh] = [transport.transactionalProducer(options), transport.transactionalProducer(options)]
    await old.init()
    await old.send([{ ...partition, records: records('gone') }])
    await expect(old.send([{ ...partition, partition: 7, records: records('a') }])).rejects.toMatchObject({
      code: 'TRANSACTION_FAILED',
    })
    await fresh.init()
    await fresh.send([{ ...partition, records: records('kept') }])
    await expect(old.abort()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    await fresh.commit()
    await Promise.all([old.close(), fresh.close()])
    expect(await committedValues(partition)).toEqual(['kept'])
  })

  it('answers a read_committed member with what is committed only when no transaction has offsets pending', async () => {
    const partition = { topic: await topicOf(1), partition: 0 }
    const groupId = `group-${randomUUID()}`
    const consumer = transport.consumer(
      {
        groupId,
        clientId: 'test',
        topics: [partition.topic],
        assignor: createSpreadAssignor(),
        isolation: 'read_committed',
      },
      {
        onAssigned: async () => [],
        onBatch: () => {},
        onRevoking: async () => {},
        onFailed: (error) => expect.fail(error.message),
      },
    )
    await consumer.start()
    expect(await consumer.committed([partition])).toEqual([])
    const producer = transport.transactionalProducer({ clientId: 'test', transactionalId: `tx-${randomUUID()}` })
    await producer.init()
    await producer.sendOffsets(groupId, [{ ...partition, offset: 5, metadata: 'µ' }])
    let isAnswered = false
    const asked = consumer.committed([partition]).finally(() => {
      isAnswered = true
    })
    expect(await transport.admin.committed(groupId, [partition])).toEqual([])
    expect(isAnswered).toBe(false)
    await producer.commit()
    expect(await asked).toEqual([{ ...partition, offset: 5, metadata: 'µ' }])
    await producer.close()
    await consumer.stop()
  })

  it('refuses a time-out that the broker does not allow, and says which setting decides', async () => {
    const producer = transport.transactionalProducer({
      clientId: 'test',
      transactionalId: `tx-${randomUUID()}`,
      timeoutMs: 100_000_000,
    })
    const failure: unknown = await producer.init().catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ code: 'TRANSACTION_FAILED' })
    expect(String(failure)).toContain('transaction.max.timeout.ms')
    await producer.close()
  })
})
