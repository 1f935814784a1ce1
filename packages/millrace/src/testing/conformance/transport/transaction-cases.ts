import { codeOf, numbered, record, type TransportCase } from './transport-case.ts'

const records = (values: readonly string[]): ReturnType<typeof record>[] => values.map((value) => record(value))

export const transactionCases: readonly TransportCase[] = [
  {
    title: 'shows a transaction to read_committed after its commit, to read_uncommitted at once',
    async run({ topic, uniqueName, transactional, reader, stable, until, expect }) {
      const name = await topic(2)
      const partition = { topic: name, partition: 0 }
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      const [committed, uncommitted] = [reader({ isolation: 'read_committed' }), reader()]
      for (const each of [committed, uncommitted]) {
        each.add([0, 1].map((index) => ({ topic: name, partition: index, offset: 0 })))
      }
      const acks = await producer.send([
        { ...partition, records: records(['a', 'b']) },
        { topic: name, partition: 1, records: records(['c']) },
      ])
      const expected = [
        { ...partition, baseOffset: 0, count: 2 },
        { topic: name, partition: 1, baseOffset: 0, count: 1 },
      ]
      expect([...acks].sort((left, right) => left.partition - right.partition)).toEqual(expected)
      await until('read_uncommitted has read', () => uncommitted.received.length === 3)
      expect(committed.received).toEqual([])
      expect(await stable(partition)).toBe(0)
      await producer.commit()
      await until('read_committed has read', () => committed.received.length === 3)
      expect(committed.values(name, 0)).toEqual(['a', 'b'])
      expect(committed.values(name, 1)).toEqual(['c'])
    },
  },
  {
    title: 'leaves the records of an aborted transaction out; the next offset moves over them',
    async run({ topic, uniqueName, transactional, reader, write, until, latest, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      await producer.send([{ ...partition, records: records(['kept-0']) }])
      await producer.commit()
      await producer.send([{ ...partition, records: records(numbered('gone', 3)) }])
      await producer.abort()
      await write(name, 0, ['plain'])
      await producer.send([{ ...partition, records: records(['kept-1']) }])
      await producer.commit()
      const end = await latest(partition)
      const [committed, uncommitted] = [reader({ isolation: 'read_committed' }), reader()]
      for (const each of [committed, uncommitted]) each.add([{ ...partition, offset: 0 }])
      await until('both are at the end', () => [committed, uncommitted].every((each) => each.next(partition) === end))
      expect(committed.values(name)).toEqual(['kept-0', 'plain', 'kept-1'])
      expect(uncommitted.values(name)).toEqual(['kept-0', ...numbered('gone', 3), 'plain', 'kept-1'])
      expect(committed.offsets(name)).toEqual([0, 6, 7])
    },
  },
  {
    title: 'moves the next offset over an aborted transaction at the very end of the log',
    async run({ topic, uniqueName, transactional, reader, until, latest, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      await producer.send([{ ...partition, records: records(numbered('gone', 3)) }])
      await producer.abort()
      expect(await latest(partition)).toBe(4)
      const one = reader({ isolation: 'read_committed' })
      one.add([{ ...partition, offset: 0 }])
      await until('it is at the end', () => one.next(partition) === 4)
      expect(one.received).toEqual([])
    },
  },
  {
    title: 'gives each end of a transaction an offset in every partition it wrote to, and in no other',
    async run({ topic, uniqueName, transactional, latest, stable, expect }) {
      const name = await topic(2)
      const [first, second] = [0, 1].map((partition) => ({ topic: name, partition }))
      if (!first || !second) return
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      await producer.send([{ ...first, records: records(['a', 'b']) }])
      await producer.send([{ ...first, records: records(['c']) }])
      expect([await latest(first), await stable(first)]).toEqual([3, 0])
      await producer.commit()
      expect([await latest(first), await stable(first)]).toEqual([4, 4])
      await producer.send([{ ...first, records: records(['d']) }])
      await producer.abort()
      expect([await latest(first), await stable(first)]).toEqual([6, 6])
      expect([await latest(second), await stable(second)]).toEqual([0, 0])
    },
  },
  {
    title: 'holds records of others back from read_committed while a transaction before them is open',
    async run({ topic, uniqueName, transactional, reader, write, stable, until, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      const [left, right] = [transactional(uniqueName('tx')), transactional(uniqueName('tx'))]
      await Promise.all([left.init(), right.init()])
      const committed = reader({ isolation: 'read_committed' })
      committed.add([{ ...partition, offset: 0 }])
      await write(name, 0, ['plain-0'])
      await left.send([{ ...partition, records: records(['left']) }])
      await right.send([{ ...partition, records: records(['right']) }])
      await right.commit()
      await write(name, 0, ['plain-1'])
      await until('what lies before is read', () => committed.received.length === 1)
      expect(await stable(partition)).toBe(1)
      expect(committed.values(name)).toEqual(['plain-0'])
      await left.abort()
      await until('the rest is read', () => committed.received.length === 3)
      expect(committed.values(name)).toEqual(['plain-0', 'right', 'plain-1'])
      expect(await stable(partition)).toBe(6)
    },
  },
  {
    title: 'keeps a member of a group with read_committed below open and apart from aborted transactions',
    async run({ topic, uniqueName, transactional, member, reader, until, expect }) {
      const name = await topic(1)
      const partition = { topic: name, partition: 0 }
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      const inGroup = member({
        groupId: uniqueName('group'),
        topics: [name],
        isolation: 'read_committed',
        hasGaps: true,
      })
      await inGroup.start()
      const witness = reader()
      witness.add([{ ...partition, offset: 0 }])
      await producer.send([{ ...partition, records: records(['gone']) }])
      await until('the witness has read it', () => witness.received.length === 1)
      await producer.abort()
      await producer.send([{ ...partition, records: records(['kept']) }])
      await until('the witness has read on', () => witness.received.length === 2)
      expect(inGroup.received).toEqual([])
      await producer.commit()
      await until('the member has read', () => inGroup.received.length === 1)
      expect(inGroup.received.map(({ offset, value }) => [offset, value])).toEqual([[2, 'kept']])
      await until('it is behind the end of the transaction', () => inGroup.batches.at(-1)?.nextOffset === 4)
    },
  },
  {
    title: 'commits offsets of a group with the transaction, and not before',
    async run({ transport, topic, uniqueName, transactional, expect }) {
      const name = await topic(2)
      const groupId = uniqueName('group')
      const asked = [0, 1].map((partition) => ({ topic: name, partition }))
      const committed = async (): Promise<readonly unknown[]> =>
        [...(await transport.admin.committed(groupId, asked))].sort((a, b) => a.partition - b.partition)
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      const first = [
        { topic: name, partition: 0, offset: 5, metadata: 'm:5' },
        { topic: name, partition: 1, offset: 2, metadata: '' },
      ]
      await producer.sendOffsets(groupId, first)
      await producer.commit()
      expect(await committed()).toEqual(first)
      await producer.send([{ topic: name, partition: 0, records: records(['a']) }])
      await producer.sendOffsets(groupId, [{ topic: name, partition: 0, offset: 9, metadata: 'gone' }])
      await producer.abort()
      expect(await committed()).toEqual(first)
      await producer.sendOffsets(groupId, [{ topic: name, partition: 0, offset: 7, metadata: 'm:6' }])
      await producer.sendOffsets(groupId, [{ topic: name, partition: 0, offset: 7, metadata: 'm:7' }])
      await producer.commit()
      expect(await committed()).toEqual([{ topic: name, partition: 0, offset: 7, metadata: 'm:7' }, first[1]])
    },
  },
  {
    title: 'has nothing to do for a commit or abort where no transaction is open',
    async run({ topic, uniqueName, transactional, latest, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const producer = transactional(uniqueName('tx'))
      await producer.init()
      await producer.commit()
      await producer.abort()
      expect(await producer.send([])).toEqual([])
      await producer.commit()
      expect(await latest(partition)).toBe(0)
      await producer.send([{ ...partition, records: records(['a']) }])
      await producer.commit()
      await producer.commit()
      expect(await latest(partition)).toBe(2)
    },
  },
  {
    title: 'reads 20 transactions, every third aborted, as what was committed and in order',
    async run({ topic, uniqueName, transactional, reader, latest, until, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const producers = [transactional(uniqueName('tx')), transactional(uniqueName('tx'))]
      await Promise.all(producers.map((producer) => producer.init()))
      const kept: string[] = []
      for (let round = 0; round < 20; round++) {
        const producer = producers[round % 2]
        const values = numbered(`r${round}`, 1 + (round % 4))
        await producer?.send([{ ...partition, records: records(values) }])
        if (round % 3 === 0) await producer?.abort()
        else await producer?.commit()
        if (round % 3 !== 0) kept.push(...values)
      }
      const end = await latest(partition)
      const one = reader({ isolation: 'read_committed' })
      one.add([{ ...partition, offset: 0 }])
      await until('it is at the end', () => one.next(partition) === end)
      expect(one.values(partition.topic)).toEqual(kept)
    },
  },
  {
    title: 'refuses a send before init',
    async run({ topic, uniqueName, transactional, expect }) {
      const partition = { topic: await topic(1), partition: 0 }
      const sent = transactional(uniqueName('tx')).send([{ ...partition, records: records(['a']) }])
      expect(await codeOf(sent)).toBe('LIFECYCLE_INVALID')
    },
  },
]
