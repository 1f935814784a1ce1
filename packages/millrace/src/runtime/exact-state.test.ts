import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LmdbEnvironment } from '../state/lmdb-environment.ts'
import { taskFolder } from '../state/task-stores.ts'
import { byFilm, byUser, mortal, total, until, updates, users, World } from '../testing/rating-world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

describe.each(['memory', 'persistent'] as const)('state in a %s store', (storage) => {
  it('goes on where it was after a clean end', async () => {
    await world.send(500)
    const first = await world.run(byUser(storage))
    await first.caughtUp()
    await first.close()
    await world.send(200)
    const second = await world.run(byUser(storage))
    await second.caughtUp()
    expect(total(second, 'per-user')).toBe(700)
    expect(second.store<string, number>('per-user').get('ann')).toBe(100)
  })

  it('is exact after a crash that had written behind the last commit', async () => {
    await world.send(300)
    const { transport, die } = mortal(world.server.transport())
    const first = await world.run(byUser(storage), { transport })
    await first.caughtUp()
    die()
    await world.send(300)
    await until(() => first.metrics().total('records-consumed') === 600)
    await first.close().catch(() => {})
    const second = await world.run(byUser(storage))
    await second.caughtUp()
    expect(total(second, 'per-user')).toBe(600)
    await second.close()
    const third = await world.run(byUser(storage))
    await until(() => third.state === 'running')
    expect(total(third, 'per-user')).toBe(600)
  })

  it('is exact behind a repartition whose writer crashed', async () => {
    await world.send(300)
    for (let round = 0; round < 3; round++) {
      const { transport, die } = mortal(world.server.transport())
      const app = await world.run(byFilm(storage), { transport })
      await app.caughtUp()
      die()
      const before = app.metrics().total('records-consumed')
      await world.send(100)
      // once from the source and once from the internal topic
      await until(() => app.metrics().total('records-consumed') >= before + 200)
      await app.close().catch(() => {})
    }
    const last = await world.run(byFilm(storage))
    await last.caughtUp()
    expect(total(last, 'per-film')).toBe(600)
  })
})

describe('a local folder that somebody else keeps', () => {
  it('is left alone: the task is restored into another one', async () => {
    await world.send(200)
    const first = await world.run(byUser('persistent'))
    await first.caughtUp()
    const [kept] = first.metrics().tasks
    await first.close()
    const frozen = new LmdbEnvironment(taskFolder(world.folder, 'by-user', kept!.taskId))
    const second = await world.run(byUser('persistent'))
    await until(() => second.state === 'running' && second.metrics().tasks.length === 4)
    expect(total(second, 'per-user')).toBe(200)
    await second.close()
    frozen.close()
    const third = await world.run(byUser('persistent'))
    await until(() => third.state === 'running' && third.metrics().tasks.length === 4)
    expect(total(third, 'per-user')).toBe(200)
  })
})

describe('a zombie that still writes to a changelog', () => {
  it.each(['before the next commit', 'after the last commit'])('corrupts nothing, %s', async (when) => {
    await world.send(200)
    const first = await world.run(byUser('memory'))
    await first.caughtUp()
    await world.writeForeign('by-user-per-user-changelog')
    if (when === 'before the next commit') {
      await world.send(100)
      await first.caughtUp()
      await world.writeForeign('by-user-per-user-changelog')
      await world.send(100)
      await first.caughtUp()
    }
    await first.close()
    const second = await world.run(byUser('memory'))
    await until(() => second.state === 'running' && second.metrics().tasks.length === 4)
    expect(total(second, 'per-user')).toBe(world.sent)
    expect([...second.store('per-user').all()]).toHaveLength(users.length)
  })
})

describe('state of several members', () => {
  it('moves with its tasks when members join and leave, and nothing is counted twice', async () => {
    await world.send(200)
    const first = await world.run(byFilm('memory'))
    await world.send(200)
    const second = await world.run(byFilm('memory'), { instances: 2 })
    await world.send(200)
    await Promise.all([first.caughtUp(), second.caughtUp()])
    expect(total(first, 'per-film') + total(second, 'per-film')).toBe(600)
    await first.close()
    await world.send(100)
    await second.caughtUp()
    expect(total(second, 'per-film')).toBe(700)
  })

  it('is warm on a standby, so that a take-over reads only what is missing', async () => {
    await world.send(400)
    const first = await world.run(byUser('memory'), { standbyReplicas: 1 })
    await first.caughtUp()
    const second = await world.run(byUser('memory'), { standbyReplicas: 1 })
    await until(() => second.metrics().standbys.length > 0 && first.metrics().standbys.length > 0)
    await first.caughtUp()
    await until(() => second.metrics().standbys.every(({ lagRecords, isKnown }) => isKnown && lagRecords === 0))
    const before = second.metrics().total('records-restored')
    await first.close()
    await second.caughtUp()
    await until(() => second.state === 'running' && second.metrics().tasks.length === 4)
    expect(total(second, 'per-user')).toBe(400)
    expect(second.metrics().total('records-restored')).toBe(before)
  })

  it('is found by its key', async () => {
    await world.send(100)
    const first = await world.run(byUser('memory'), { endpoint: 'http://first' })
    const second = await world.run(byUser('memory'), { endpoint: 'http://second' })
    await until(() => first.state === 'running' && second.state === 'running')
    await Promise.all([first.caughtUp(), second.caughtUp()])
    for (const user of ['ann', 'bob', 'cid']) {
      const location = first.locate('per-user', user)
      expect(second.locate('per-user', user)).toEqual({ ...location, isLocal: !location.isLocal })
      const [owner, other] = location.isLocal ? [first, second] : [second, first]
      expect(location.endpoint).toBe(owner === first ? 'http://first' : 'http://second')
      expect(owner.store<string, number>('per-user').get(user)).toBeGreaterThan(10)
      expect(() => other.store<string, number>('per-user').get(user)).toThrow(`Ask ${location.endpoint}`)
    }
  })
})

describe('exactly once', () => {
  it('shows no result of a transaction that did not commit, and each of the others once', async () => {
    await world.send(300)
    for (let round = 0; round < 3; round++) {
      const app = await world.run(updates, { guarantee: 'exactly-once' })
      await world.send(100)
      await app.caughtUp()
      await app.close()
    }
    const counts = await world.read('updates')
    for (const user of users) {
      const own = counts.filter(({ key }) => key === user).map(({ value }) => value)
      expect(own).toEqual(own.map((_, index) => index + 1))
    }
    expect(counts).toHaveLength(600)
  })
})
