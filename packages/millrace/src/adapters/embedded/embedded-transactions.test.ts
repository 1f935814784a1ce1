import { describe, expect, it } from 'vitest'
import type { ProduceBatch, Transport } from '../../ports/index.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { embedded, type BrokerFault, type BrokerRequest, type EmbeddedServer } from './index.ts'

// What every transport does in transactions stands in testing/conformance/transport and is run on this one there.

const partition = { topic: 't', partition: 0 }
const offset = { ...partition, offset: 5, metadata: '' }
const batch: ProduceBatch = {
  ...partition,
  records: [{ key: Buffer.from('k'), value: null, timestamp: 0, headers: [] }],
}

interface Play {
  readonly clock: ManualClock
  readonly server: EmbeddedServer
  readonly transport: Transport
  /** Faults of the next requests of a kind, before and after their effect. */
  readonly before: Map<BrokerRequest['kind'], BrokerFault>
  readonly after: Map<BrokerRequest['kind'], BrokerFault>
}

async function begin(): Promise<Play> {
  const [clock, before, after] = [new ManualClock(), new Map(), new Map()]
  const take = (faults: Play['before'], { kind }: BrokerRequest): BrokerFault | null => {
    const fault = faults.get(kind) ?? null
    faults.delete(kind)
    return fault
  }
  const faults = {
    before: (request: BrokerRequest) => take(before, request),
    after: (request: BrokerRequest) => take(after, request),
  }
  const server = embedded({ clock, faults })
  server.createTopic('t', { partitions: 1 })
  const transport = server.transport()
  await transport.connect()
  return { clock, server, transport, before, after }
}

async function ends({ transport }: Play): Promise<readonly (number | undefined)[]> {
  const [stable] = await transport.admin.stableOffsets([partition])
  const [latest] = await transport.admin.offsets([partition], 'latest')
  return [stable?.offset, latest?.offset]
}

describe('a transaction that is open too long', () => {
  it('is aborted by the clock, and its producer fenced', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id', timeoutMs: 500 })
    await producer.init()
    await producer.send([batch])
    await producer.sendOffsets('group', [offset])
    play.clock.advance(499)
    expect(await ends(play)).toEqual([0, 1])
    play.clock.advance(1)
    await Promise.resolve()
    expect(await ends(play)).toEqual([2, 2])
    expect(await play.transport.admin.committed('group', [partition])).toEqual([])
    await expect(producer.commit()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    expect(play.clock.waiting).toBe(0)
  })

  it('is measured from its own beginning, not from the one before', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id', timeoutMs: 500 })
    await producer.init()
    for (let round = 0; round < 3; round++) {
      await producer.send([batch])
      play.clock.advance(400)
      await producer.commit()
    }
    expect(await ends(play)).toEqual([6, 6])
  })

  it('is aborted when a server comes back that was down at its time', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id', timeoutMs: 500 })
    await producer.init()
    await producer.send([batch])
    play.server.disconnect()
    play.clock.advance(1_000)
    play.server.reconnect()
    await play.clock.yield()
    expect(await ends(play)).toEqual([2, 2])
  })
})

describe('a transaction with lost requests and answers', () => {
  const lost: BrokerFault = { kind: 'fail', retriable: true }

  it('is committed once when the answer to its commit is lost and it is asked for again', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id' })
    await producer.init()
    await producer.send([batch])
    play.after.set('endTransaction', lost)
    await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED', retriable: true })
    expect(await ends(play)).toEqual([2, 2])
    await producer.commit()
    expect(await ends(play)).toEqual([2, 2])
  })

  it('cannot be aborted any more when it was committed', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id' })
    await producer.init()
    await producer.sendOffsets('group', [offset])
    play.after.set('endTransaction', lost)
    await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
    await expect(producer.abort()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED', retriable: false })
    expect(await play.transport.admin.committed('group', [partition])).toEqual([offset])
  })

  it('can be aborted when its commit never arrived', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id' })
    await producer.init()
    await producer.sendOffsets('group', [offset])
    play.before.set('endTransaction', lost)
    await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
    await producer.abort()
    expect(await play.transport.admin.committed('group', [partition])).toEqual([])
  })

  it.each(['before', 'after'] as const)(
    'cannot be committed when a send failed %s its effect, only aborted',
    async (when) => {
      const play = await begin()
      const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id' })
      await producer.init()
      await producer.send([batch])
      await producer.commit()
      play[when].set('produce', lost)
      await expect(producer.send([batch])).rejects.toMatchObject({ code: 'PRODUCE_FAILED' })
      await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
      await producer.abort()
      await producer.send([batch])
      await producer.commit()
      // Two committed, and where it had its effect an aborted one; each with its marker.
      const end = when === 'before' ? 4 : 6
      expect(await ends(play)).toEqual([end, end])
    },
  )

  it('writes a batch once, also where it arrives twice', async () => {
    const play = await begin()
    const producer = play.transport.transactionalProducer({ clientId: 'c', transactionalId: 'id' })
    await producer.init()
    play.before.set('produce', { kind: 'duplicate' })
    expect(await producer.send([batch])).toEqual([{ ...partition, baseOffset: 0, count: 1 }])
    await producer.commit()
    expect(await ends(play)).toEqual([2, 2])
  })

  it('refuses offsets that a commit would refuse, at once', async () => {
    const { transport } = await begin()
    const producer = transport.transactionalProducer({ clientId: 'c', transactionalId: 'id' })
    await producer.init()
    const tooLong = { ...offset, metadata: 'x'.repeat(5_000) }
    await expect(producer.sendOffsets('group', [tooLong])).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
  })
})
