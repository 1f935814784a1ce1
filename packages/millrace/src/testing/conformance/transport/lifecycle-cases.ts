import { codeOf, type TransportCase } from './transport-case.ts'

export const lifecycleCases: readonly TransportCase[] = [
  {
    title: 'rejects connect with TRANSPORT_UNREACHABLE when no server answers',
    async run({ unreachable, expect }) {
      if (!unreachable) return
      expect(await codeOf(unreachable.connect())).toBe('TRANSPORT_UNREACHABLE')
      await unreachable.close()
    },
  },
  {
    title: 'resolves start once the first assignment is being read',
    async run({ topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      expect(reader.reading).toEqual([`${name}/0`])
    },
  },
  {
    title: 'stops once, however often it is told to',
    async run({ topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      await Promise.all([reader.stop(), reader.stop()])
      await reader.stop()
      expect(reader.revoked).toEqual([reader.generation])
    },
  },
  {
    title: 'stops a consumer that was never started',
    async run({ topic, uniqueName, member, expect }) {
      const reader = member({ groupId: uniqueName('group'), topics: [await topic(1)] })
      await reader.stop()
      expect(reader.revoked).toEqual([])
    },
  },
  {
    title: 'hands over nothing after stop',
    async run({ topic, uniqueName, member, write, until, expect }) {
      const name = await topic(1)
      const stopped = member({ groupId: uniqueName('group'), topics: [name] })
      const witness = member({ groupId: uniqueName('group'), topics: [name] })
      await Promise.all([stopped.start(), witness.start()])
      await write(name, 0, ['before'])
      await until('both have read', () => stopped.received.length === 1 && witness.received.length === 1)
      await stopped.stop()
      await write(name, 0, ['after'])
      await until('the witness has read on', () => witness.received.length === 2)
      expect(stopped.values(name)).toEqual(['before'])
    },
  },
  {
    title: 'closes its consumers and itself, however often it is told to',
    async run({ transport, topic, uniqueName, member, expect }) {
      const name = await topic(1)
      const reader = member({ groupId: uniqueName('group'), topics: [name] })
      await reader.start()
      await Promise.all([transport.close(), transport.close()])
      await transport.close()
      expect(reader.revoked).toEqual([reader.generation])
    },
  },
  {
    title: 'fails the consumer when onAssigned rejects',
    async run({ topic, uniqueName, member, until, expect }) {
      const reader = member({
        groupId: uniqueName('group'),
        topics: [await topic(1)],
        positions: () => Promise.reject(new TypeError('no positions')),
      })
      const started = await codeOf(reader.start())
      // A consumer that has not started yet may say it by rejecting start, or by onFailed, or both.
      if (started === 'resolved') await until('the member has failed', () => reader.failure !== null)
      expect(reader.received).toEqual([])
    },
  },
]
