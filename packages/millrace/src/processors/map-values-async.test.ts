import { describe, expect, it } from 'vitest'
import { deadLetter, json, skip, topology, type Policy } from '../index.ts'
import { testDriver } from '../testing/index.ts'

/** Calls that a test answers in any order. */
class Calls {
  readonly open = new Map<number, { readonly answer: () => void; readonly refuse: () => void }>()
  readonly started: number[] = []
  most = 0

  readonly call = (n: number): Promise<number> => {
    this.started.push(n)
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => (): void => {
        this.open.delete(n)
        settle()
      }
      this.open.set(n, {
        answer: end(() => resolve(n * 10)),
        refuse: end(() => reject(new RangeError(`no ${n}`))),
      })
      this.most = Math.max(this.most, this.open.size)
    })
  }
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

function driverOf(calls: Calls, concurrency: number, onProcessError: Policy = { kind: 'fail' }) {
  return testDriver(
    topology(
      't',
      (t) => {
        t.source('in', { value: json<number>() }).mapValuesAsync(calls.call, { concurrency }).to('out')
      },
      { onProcessError },
    ),
  )
}

const values = (driver: ReturnType<typeof driverOf>, topic = 'out') =>
  driver
    .output(topic)
    .records()
    .map((record) => record.value)

describe('mapValuesAsync()', () => {
  it('starts no more calls than it may, in order, and a next one as soon as any is answered', async () => {
    const calls = new Calls()
    const driver = driverOf(calls, 2)
    for (let n = 0; n < 5; n++) driver.input('in').send('k', n)
    const settled = driver.settle()
    await turn()
    expect(calls.started).toEqual([0, 1])
    calls.open.get(1)!.answer()
    await turn()
    expect(calls.started).toEqual([0, 1, 2])
    expect(values(driver)).toEqual([])
    calls.open.get(0)!.answer()
    await turn()
    expect(values(driver)).toEqual([0, 10])
    for (const n of [2, 3, 4]) {
      calls.open.get(n)!.answer()
      await turn()
    }
    await settled
    expect(values(driver)).toEqual([0, 10, 20, 30, 40])
    expect(calls.most).toBe(2)
  })

  it('gives key, timestamp and headers of its own record to what comes after it', async () => {
    const calls = new Calls()
    const driver = driverOf(calls, 3)
    for (let n = 0; n < 3; n++) {
      driver.input('in').send(`k${n}`, n, { at: n, headers: [{ name: 'n', value: Buffer.from(`${n}`) }] })
    }
    const settled = driver.settle()
    await turn()
    for (const n of [2, 1, 0]) calls.open.get(n)!.answer()
    await settled
    expect(driver.output('out').records()).toEqual(
      [0, 1, 2].map((n) => ({
        key: `k${n}`,
        value: n * 10,
        timestamp: n,
        headers: [{ name: 'n', value: Buffer.from(`${n}`) }],
      })),
    )
  })

  it('stops at a rejected call under fail and names its record; nothing after it goes on', async () => {
    const calls = new Calls()
    const driver = driverOf(calls, 3)
    for (let n = 0; n < 5; n++) driver.input('in').send('k', n)
    const [outcome] = await Promise.allSettled([
      driver.settle(),
      turn().then(() => {
        calls.open.get(2)!.answer()
        calls.open.get(1)!.refuse()
        calls.open.get(0)!.answer()
      }),
    ])
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'PROCESS_FAILED', what: 'User code threw: no 1', context: { offset: 1 } },
    })
    await turn()
    expect(values(driver)).toEqual([0])
  })

  it('skips a rejected call in its turn, or hands its raw record to the dead-letter topic', async () => {
    for (const policy of [skip, deadLetter('dead')]) {
      const calls = new Calls()
      const driver = driverOf(calls, 3, policy)
      for (let n = 0; n < 3; n++) driver.input('in').send('k', n)
      const settled = driver.settle()
      await turn()
      calls.open.get(1)!.refuse()
      calls.open.get(2)!.answer()
      calls.open.get(0)!.answer()
      await settled
      expect(values(driver)).toEqual([0, 20])
      expect(driver.total(policy === skip ? 'records-skipped' : 'dead-letters')).toBe(1)
    }
  })

  it('treats a callback that throws before it answers like one that rejects', async () => {
    const driver = testDriver(
      topology(
        't',
        (t) => {
          t.source('in', { value: json<number>() })
            .mapValuesAsync((n) => {
              if (n === 1) throw new RangeError('at once')
              return Promise.resolve(n)
            })
            .to('out')
        },
        { onProcessError: skip },
      ),
    )
    for (let n = 0; n < 3; n++) driver.input('in').send('k', n)
    await driver.settle()
    expect(values(driver)).toEqual([0, 2])
  })

  it('keeps order over two cuts one after the other, and where only one branch has a cut', async () => {
    const driver = testDriver(
      topology('t', (t) => {
        const numbers = t.source('in', { value: json<number>() })
        const { slow, fast } = numbers.split({ slow: (n) => n % 2 === 0 }, { otherwise: 'fast' })
        const jitter = async (n: number): Promise<number> => {
          for (let turns = 0; turns < (n * 7) % 5; turns++) await Promise.resolve()
          return n
        }
        slow.mapValuesAsync(jitter, { concurrency: 3 }).mapValuesAsync(jitter, { concurrency: 2 }).to('slow')
        fast.to('fast')
      }),
    )
    for (let n = 0; n < 12; n++) driver.input('in').send('k', n)
    expect(values(driver, 'fast')).toEqual([1, 3, 5, 7, 9, 11])
    await driver.settle()
    expect(values(driver, 'slow')).toEqual([0, 2, 4, 6, 8, 10])
  })

  it('drains a merge of two cuts completely', async () => {
    const driver = testDriver(
      topology('t', (t) => {
        const numbers = t.source('in', { value: json<number>() })
        const plus = numbers.mapValuesAsync(async (n) => n + 1)
        const minus = numbers.mapValuesAsync(async (n) => -n)
        plus
          .merge(minus)
          .mapValuesAsync(async (n) => n * 2)
          .to('out')
      }),
    )
    for (const n of [1, 2]) driver.input('in').send('k', n)
    await driver.settle()
    expect(values(driver)).toEqual([4, 6, -2, -4])
  })
})
