import { describe, expect, it } from 'vitest'
import { batchOf, FaultPlay, Member, partition } from '../../testing/fault-play.ts'

describe('a fault of a request', () => {
  it('refuses it before its effect', async () => {
    const play = await FaultPlay.begin()
    play.before.set('produce', { kind: 'fail', retriable: true })
    await expect(play.producer().send([batchOf('a')])).rejects.toMatchObject({
      code: 'PRODUCE_FAILED',
      retriable: true,
    })
    expect(await play.end()).toBe(0)
  })

  it('loses the answer after its effect', async () => {
    const play = await FaultPlay.begin()
    play.after.set('produce', { kind: 'fail', retriable: false })
    await expect(play.producer().send([batchOf('a')])).rejects.toMatchObject({
      code: 'PRODUCE_FAILED',
      retriable: false,
    })
    expect(await play.end()).toBe(1)
  })

  it('lets what is produced arrive twice, the second time acknowledged', async () => {
    const play = await FaultPlay.begin()
    play.before.set('produce', { kind: 'duplicate' })
    expect(await play.producer().send([batchOf('a', 'b')])).toEqual([{ ...partition, baseOffset: 2, count: 2 }])
    expect(await play.end()).toBe(4)
  })

  it('delays its effect, or its answer', async () => {
    const play = await FaultPlay.begin()
    play.before.set('produce', { kind: 'delay', ms: 50 })
    play.after.set('produce', { kind: 'delay', ms: 50 })
    let isAnswered = false
    const sent = play
      .producer()
      .send([batchOf('a')])
      .then(() => (isAnswered = true))
    await play.settle()
    await play.pass(49)
    expect(await play.end()).toBe(0)
    await play.pass(1)
    expect([await play.end(), isAnswered]).toEqual([1, false])
    await play.pass(50)
    await sent
  })

  it('pauses the server for everybody', async () => {
    const play = await FaultPlay.begin()
    const member = await play.member('m')
    play.after.set('produce', { kind: 'pause', ms: 1_000 })
    const sent = play.producer().send([batchOf('a')])
    await play.settle()
    await play.pass(999)
    expect(member.events).toEqual(['assigned 1'])
    await play.pass(1)
    await sent
    await play.settle()
    expect(member.events).toEqual(['assigned 1', 'a'])
    await play.transport.close()
  })

  it('commits and loses the answer', async () => {
    const play = await FaultPlay.begin()
    const member = await play.member('m')
    play.after.set('commit', { kind: 'fail', retriable: true })
    await expect(member.commit(7)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retriable: true })
    expect(await play.transport.admin.committed('g', [partition])).toEqual([{ ...partition, offset: 7, metadata: '' }])
    await play.transport.close()
  })

  it('holds a fetch up until it is tried again, or fails the consumer', async () => {
    const play = await FaultPlay.begin()
    const member = await play.member('m')
    await play.settle()
    play.before.set('fetch', { kind: 'fail', retriable: true })
    await play.producer().send([batchOf('a')])
    await play.settle()
    expect(member.events).toEqual(['assigned 1'])
    await play.pass(100)
    expect(member.events).toEqual(['assigned 1', 'a'])
    play.before.set('fetch', { kind: 'fail', retriable: false })
    await play.producer().send([batchOf('b')])
    await play.settle()
    expect(member.failure).toMatchObject({ code: 'TRANSPORT_FAILED' })
    await play.transport.close()
  })

  it('rejects a first join, which can be tried again', async () => {
    const play = await FaultPlay.begin()
    play.before.set('join', { kind: 'fail', retriable: true })
    const member = new Member(play.transport, 'm')
    await expect(member.consumer.start()).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retriable: true })
    await member.consumer.start()
    expect(member.events).toEqual(['assigned 1'])
    await play.transport.close()
  })

  it('holds a rebalance up while a member cannot join', async () => {
    const play = await FaultPlay.begin()
    const first = await play.member('a')
    play.before.set('join', { kind: 'delay', ms: 1 })
    const second = new Member(play.transport, 'b')
    const started = second.consumer.start()
    await play.settle()
    play.before.set('join', { kind: 'fail', retriable: true })
    await play.pass(1)
    expect(second.events).toEqual([])
    await play.pass(100)
    await started
    await play.settle()
    expect(first.events).toEqual(['assigned 1', 'revoking', 'assigned 0'])
    expect(second.events).toEqual(['assigned 1'])
    await play.transport.close()
  })

  it('names who asks for what', async () => {
    const play = await FaultPlay.begin()
    const member = await play.member('m')
    await member.commit(1)
    const { memberId } = member.assignment!
    expect(play.requests.find(({ kind }) => kind === 'commit')).toEqual({
      kind: 'commit',
      clientId: 'm',
      groupId: 'g',
      memberId,
      partitions: [{ ...partition, offset: 1, metadata: '' }],
    })
    await play.transport.close()
  })
})
