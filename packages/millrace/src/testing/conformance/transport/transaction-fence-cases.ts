import { codeOf, record, type TransportCase } from './transport-case.ts'

const records = (values: readonly string[]): ReturnType<typeof record>[] => values.map((value) => record(value))

export const transactionFenceCases: readonly TransportCase[] = [
  {
    title: 'fences the earlier holder of an id with init, and aborts what it left open',
    async run({ transport, topic, uniqueName, transactional, reader, latest, until, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const [id, groupId] = [uniqueName('tx'), uniqueName('group')]
      const old = transactional(id)
      await old.init()
      await old.send([{ ...partition, records: records(['left-open']) }])
      await old.sendOffsets(groupId, [{ ...partition, offset: 1, metadata: 'left-open' }])
      const fresh = transactional(id)
      await fresh.init()
      // The transaction is ended once init resolves: what a new owner reads next is final.
      expect(await transport.admin.committed(groupId, [partition])).toEqual([])
      await fresh.send([{ ...partition, records: records(['fresh']) }])
      await fresh.commit()
      const end = await latest(partition)
      const one = reader({ isolation: 'read_committed' })
      one.add([{ ...partition, offset: 0 }])
      await until('it is at the end', () => one.next(partition) === end)
      expect(one.values(partition.topic)).toEqual(['fresh'])
    },
  },
  {
    title: 'rejects a fenced send, and leaves nothing of it in the log',
    async run({ topic, uniqueName, transactional, latest, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const id = uniqueName('tx')
      const old = transactional(id)
      await old.init()
      await transactional(id).init()
      const before = await latest(partition)
      expect(await codeOf(old.send([{ ...partition, records: records(['zombie']) }]))).toBe('PRODUCER_FENCED')
      expect(await latest(partition)).toBe(before)
    },
  },
  {
    title: 'rejects a fenced commit with PRODUCER_FENCED',
    async run({ topic, uniqueName, transactional, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const id = uniqueName('tx')
      const old = transactional(id)
      await old.init()
      await old.send([{ ...partition, records: records(['zombie']) }])
      await transactional(id).init()
      expect(await codeOf(old.commit())).toBe('PRODUCER_FENCED')
    },
  },
  {
    title: 'rejects fenced offsets with PRODUCER_FENCED',
    async run({ transport, topic, uniqueName, transactional, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const [id, groupId] = [uniqueName('tx'), uniqueName('group')]
      const old = transactional(id)
      await old.init()
      const fresh = transactional(id)
      await fresh.init()
      const zombie = old.sendOffsets(groupId, [{ ...partition, offset: 1, metadata: '' }])
      expect(await codeOf(zombie)).toBe('PRODUCER_FENCED')
      await fresh.commit()
      expect(await transport.admin.committed(groupId, [partition])).toEqual([])
    },
  },
  {
    title: 'stays fenced, also after abort',
    async run({ topic, uniqueName, transactional, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const id = uniqueName('tx')
      const old = transactional(id)
      await old.init()
      await old.send([{ ...partition, records: records(['a']) }])
      await transactional(id).init()
      expect(await codeOf(old.commit())).toBe('PRODUCER_FENCED')
      await codeOf(old.abort())
      expect(await codeOf(old.send([{ ...partition, records: records(['b']) }]))).toBe('PRODUCER_FENCED')
      await old.close()
    },
  },
  {
    title: 'keeps ids apart: an init fences nobody else',
    async run({ topic, uniqueName, transactional, latest, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const one = transactional(uniqueName('tx'))
      await one.init()
      await one.send([{ ...partition, records: records(['a']) }])
      await transactional(uniqueName('tx')).init()
      await one.commit()
      expect(await latest(partition)).toBe(2)
    },
  },
  {
    title: 'aborts what is open on close',
    async run({ topic, uniqueName, transactional, reader, write, until, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      await producer.send([{ ...partition, records: records(['open']) }])
      await Promise.all([producer.close(), producer.close()])
      await write(partition.topic, 0, ['plain'])
      const one = reader({ isolation: 'read_committed' })
      one.add([{ ...partition, offset: 0 }])
      await until('the record behind is read', () => one.received.length === 1)
      expect(one.values(partition.topic)).toEqual(['plain'])
      expect(await codeOf(producer.send([{ ...partition, records: records(['late']) }]))).toBe('TRANSPORT_CLOSED')
    },
  },
  {
    title: 'aborts a transaction that is open for longer than its time-out; a new holder of the id can write',
    async run({ topic, uniqueName, transactional, reader, write, until, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const id = uniqueName('tx')
      const slow = transactional(id, 1_000)
      await slow.init()
      await slow.send([{ ...partition, records: records(['slow']) }])
      await write(partition.topic, 0, ['plain'])
      const one = reader({ isolation: 'read_committed' })
      one.add([{ ...partition, offset: 0 }])
      // A real broker looks for such transactions every ten seconds.
      await until('the record behind is read', () => one.received.length === 1)
      const code = await codeOf(slow.commit())
      expect(code === 'PRODUCER_FENCED' || code === 'TRANSACTION_FAILED', String(code)).toBe(true)
      const fresh = transactional(id)
      await fresh.init()
      await fresh.send([{ ...partition, records: records(['fresh']) }])
      await fresh.commit()
      await until('the new record is read', () => one.received.length === 2)
      expect(one.values(partition.topic)).toEqual(['plain', 'fresh'])
    },
  },
]
