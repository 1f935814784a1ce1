import { describe, expect, it } from 'vitest'
import { batchOf, FaultPlay, partition } from '../../testing/fault-play.ts'

describe('a member whose session is over', () => {
  it('goes on as a zombie that can produce, until it notices', async () => {
    const play = await FaultPlay.begin()
    const heir = await play.member('a')
    const zombie = await play.member('b')
    await play.settle()
    const { generation, memberId } = zombie.assignment!
    play.server.evictMember('g', memberId, 5_000)
    await play.settle()
    expect(heir.events.at(-1)).toBe('assigned 1')
    expect(zombie.events).toEqual(['assigned 1'])
    expect(await play.producer().send([batchOf('from-zombie')])).toEqual([{ ...partition, baseOffset: 0, count: 1 }])
    await play.settle()
    expect([heir.events.at(-1), zombie.events.at(-1)]).toEqual(['from-zombie', 'from-zombie'])
    await play.pass(4_999)
    expect(zombie.events).not.toContain('revoking')
    await play.pass(1)
    expect(zombie.events.slice(-3)).toEqual(['revoking', 'assigned 1', 'from-zombie'])
    expect(zombie.assignment?.generation).toBeGreaterThan(generation)
    expect(zombie.assignment?.memberId).not.toBe(memberId)
    await play.transport.close()
  })

  it('notices when its commit is refused', async () => {
    const play = await FaultPlay.begin()
    const zombie = await play.member('b')
    play.server.evictMember('g', zombie.assignment!.memberId, 60_000)
    await play.settle()
    await expect(zombie.commit(1)).rejects.toMatchObject({ code: 'GENERATION_LOST' })
    await play.settle()
    expect(zombie.events).toEqual(['assigned 1', 'revoking', 'assigned 1'])
    await zombie.commit(2)
    await play.transport.close()
  })

  it('can lose it by the fault of any of its requests, a heartbeat too', async () => {
    const play = await FaultPlay.begin()
    const zombie = await play.member('b')
    play.before.set('heartbeat', { kind: 'evict', noticedAfterMs: 1_000 })
    await play.pass(3_000)
    await play.pass(999)
    expect(zombie.events).toEqual(['assigned 1'])
    await play.pass(1)
    expect(zombie.events).toEqual(['assigned 1', 'revoking', 'assigned 1'])
    await play.transport.close()
  })

  it('is dead for the others when all that it asks hangs: its heir goes on, it is told nothing', async () => {
    const play = await FaultPlay.begin()
    const heir = await play.member('a')
    const dead = await play.member('b')
    await play.settle()
    play.hanging.add('b')
    play.server.evictMember('g', dead.assignment!.memberId, null)
    let isAnswered = false
    void dead.commit(1).finally(() => (isAnswered = true))
    await play.producer().send([batchOf('a')])
    await play.pass(100_000)
    expect(heir.events.slice(-2)).toEqual(['assigned 1', 'a'])
    expect([dead.events, isAnswered]).toEqual([['assigned 1'], false])
    await heir.consumer.stop()
  })

  it('stops without joining again', async () => {
    const play = await FaultPlay.begin()
    const zombie = await play.member('b')
    play.server.evictMember('g', zombie.assignment!.memberId, 1_000)
    await play.settle()
    await zombie.consumer.stop()
    await play.pass(1_000)
    expect(zombie.events).toEqual(['assigned 1', 'revoking'])
    await play.transport.close()
  })
})
