import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProduceBatch, TransportProducer } from '../ports/index.ts'
import { OutputBuffer } from './output-buffer.ts'

/** A producer that acknowledges when it is told to. */
class HeldProducer implements TransportProducer {
  readonly sends: (readonly ProduceBatch[])[] = []
  readonly log = new Map<string, string[]>()
  mostAtATime = 0
  #outstanding: { readonly batches: readonly ProduceBatch[]; settle: (error?: Error) => void }[] = []

  send(batches: readonly ProduceBatch[]): Promise<readonly []> {
    this.sends.push(batches)
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        if (error !== undefined) reject(error)
        else resolve([])
      }
      this.#outstanding.push({ batches, settle })
      this.mostAtATime = Math.max(this.mostAtATime, this.#outstanding.length)
    })
  }

  get outstanding(): number {
    return this.#outstanding.length
  }

  async acknowledge(): Promise<void> {
    const oldest = this.#outstanding.shift()
    for (const { topic, partition, records } of oldest?.batches ?? []) {
      const name = `${topic} ${partition}`
      const values = records.map((record) => record.value?.toString() ?? '')
      this.log.set(name, [...(this.log.get(name) ?? []), ...values])
    }
    oldest?.settle()
    await settled()
  }

  async fail(): Promise<void> {
    this.#outstanding.shift()?.settle(new RangeError('the disk is full'))
    await settled()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** Lets everything run that waits for nothing but its turn. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

function bufferOn(producer: TransportProducer, topics: Readonly<Record<string, number>> = { out: 1 }) {
  const produced = { value: 0 }
  const failures: unknown[] = []
  const buffer = new OutputBuffer(producer, new Map(Object.entries(topics)), produced, (error) => failures.push(error))
  const add = (topic: string, key: string | null, value: string, headers: { name: string; value: Buffer }[] = []) =>
    buffer.add(topic, key === null ? null : Buffer.from(key), Buffer.from(value), 0, headers)
  return { buffer, add, produced, failures }
}

async function state(promise: Promise<unknown>): Promise<string> {
  let state = 'pending'
  promise.then(
    () => (state = 'resolved'),
    () => (state = 'rejected'),
  )
  await settled()
  return state
}

describe('OutputBuffer', () => {
  it('sends at once what comes alone, and together what comes while a send is under way', async () => {
    const producer = new HeldProducer()
    const { buffer, add, produced } = bufferOn(producer)
    add('out', 'k', 'first')
    buffer.kick()
    for (const value of ['a', 'b', 'c']) {
      add('out', 'k', value)
      buffer.kick()
    }
    expect(producer.sends.map((batches) => batches[0]?.records.length)).toEqual([1])
    await producer.acknowledge()
    expect(producer.sends.map((batches) => batches[0]?.records.length)).toEqual([1, 3])
    await producer.acknowledge()
    expect(produced.value).toBe(4)
    expect(producer.outstanding).toBe(0)
  })

  it('holds back what is added after a seal until it is unsealed, in the same partition too', async () => {
    const producer = new HeldProducer()
    const { buffer, add } = bufferOn(producer)
    add('out', 'k', 'inside')
    buffer.seal()
    add('out', 'k', 'outside')
    buffer.kick()
    const flushed = buffer.flush()
    await producer.acknowledge()
    expect(producer.log.get('out 0')).toEqual(['inside'])
    expect(await state(flushed)).toBe('resolved')
    expect(producer.outstanding).toBe(0)
    buffer.unseal()
    await producer.acknowledge()
    expect(producer.log.get('out 0')).toEqual(['inside', 'outside'])
  })

  it('flushes what was added before the call and waits for nothing that came after it', async () => {
    const producer = new HeldProducer()
    const { buffer, add } = bufferOn(producer)
    add('out', 'k', 'before')
    const flushed = buffer.flush()
    add('out', 'k', 'after')
    expect(await state(flushed)).toBe('pending')
    await producer.acknowledge()
    expect(await state(flushed)).toBe('resolved')
    expect(producer.outstanding).toBe(1)
    await producer.acknowledge()
  })

  it('flushes at once when nothing is open', async () => {
    const { buffer } = bufferOn(new HeldProducer())
    expect(await state(buffer.flush())).toBe('resolved')
  })

  it('rejects flushes and refuses room after a failed send, and says so once', async () => {
    const producer = new HeldProducer()
    const { buffer, add, failures } = bufferOn(producer)
    add('out', 'k', 'a')
    const flushed = buffer.flush()
    const [outcome] = await Promise.allSettled([flushed, producer.fail()])
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'PRODUCE_FAILED' } })
    add('out', 'k', 'b')
    buffer.kick()
    await expect(buffer.flush()).rejects.toMatchObject({ code: 'PRODUCE_FAILED' })
    expect(failures).toHaveLength(1)
    expect(producer.sends).toHaveLength(1)
  })

  it('is full above its mark and has room again when it is acknowledged', async () => {
    const producer = new HeldProducer()
    const { buffer, add } = bufferOn(producer, { out: 4 })
    const value = 'x'.repeat(500_000)
    for (let index = 0; index < 34; index++) add('out', `k${index}`, value)
    expect(buffer.isFull).toBe(true)
    const drained = buffer.drained()
    expect(await state(drained)).toBe('pending')
    while (buffer.isFull) await producer.acknowledge()
    expect(await state(drained)).toBe('resolved')
    while (producer.outstanding > 0) await producer.acknowledge()
    expect([...producer.log.values()].flat()).toHaveLength(34)
  })

  it('keeps batches below what a broker takes, headers included', async () => {
    const producer = new HeldProducer()
    const { buffer, add } = bufferOn(producer)
    const headers = [{ name: 'millrace.error.message', value: Buffer.alloc(1_000) }]
    for (let index = 0; index < 5_000; index++) add('out', 'k', 'bad', headers)
    buffer.kick()
    while (producer.outstanding > 0) await producer.acknowledge()
    const sizes = producer.sends.flat().map(({ records }) => records.length * 1_025)
    expect(Math.max(...sizes)).toBeLessThan(1_000_000)
    expect(producer.sends.flat().reduce((sum, { records }) => sum + records.length, 0)).toBe(5_000)
  })

  it('sends a record alone that is larger than any batch', async () => {
    const producer = new HeldProducer()
    const { buffer, add } = bufferOn(producer)
    for (const value of ['small', 'x'.repeat(9_000_000), 'small too']) add('out', 'k', value)
    buffer.kick()
    while (producer.outstanding > 0) await producer.acknowledge()
    expect(producer.sends.map((batches) => batches.map(({ records }) => records.length))).toEqual([[1], [1], [1]])
  })

  it('puts keyless records of one request on one partition and those of the next on another', async () => {
    const producer = new HeldProducer()
    const { buffer, add } = bufferOn(producer, { out: 3 })
    for (let request = 0; request < 3; request++) {
      for (let index = 0; index < 4; index++) add('out', null, 'v')
      buffer.kick()
      await producer.acknowledge()
    }
    expect([...producer.log.values()].map((values) => values.length)).toEqual([4, 4, 4])
  })

  it('refuses a topic that was not there at the start', () => {
    const { add } = bufferOn(new HeldProducer())
    expect(() => add('other', 'k', 'v')).toThrow("Topic 'other' was not there")
  })

  it('keeps the order of every partition, one send at a time, whatever the sizes and the timing', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), partitionKey: fc.nat(5), bytes: fc.constantFrom(1, 300_000) }),
      fc.record({ kind: fc.constantFrom('kick' as const, 'acknowledge' as const, 'flush' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const producer = new HeldProducer()
        const { buffer, add } = bufferOn(producer, { out: 2 })
        const added: string[] = []
        const flushes: Promise<boolean>[] = []
        for (const one of steps) {
          if (one.kind === 'add') {
            const value = `${added.length}:${'x'.repeat(one.bytes)}`
            added.push(value)
            add('out', `k${one.partitionKey}`, value)
          } else if (one.kind === 'flush') {
            const before = [...added]
            const isAcknowledged = (): boolean =>
              before.every((value) => [...producer.log.values()].flat().includes(value))
            flushes.push(buffer.flush().then(isAcknowledged))
          } else if (one.kind === 'kick') buffer.kick()
          else await producer.acknowledge()
        }
        buffer.kick()
        while (producer.outstanding > 0) await producer.acknowledge()
        expect(await Promise.all(flushes)).not.toContain(false)
        const numbers = [...producer.log.values()].map((values) => values.map((value) => Number.parseInt(value, 10)))
        for (const own of numbers) expect(own).toEqual([...own].sort((a, b) => a - b))
        expect(numbers.flat().length).toBe(added.length)
        expect(producer.mostAtATime).toBeLessThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })
})
