import { describe, expect, it } from 'vitest'
import { expandForeignKeyJoins } from '../compile/passes/expand-foreign-key-joins.ts'
import type { ForeignKeyJoinNode, PlanNode } from '../plan/index.ts'
import { string } from '../serde/index.ts'
import type { Serde } from '../serde/serde.ts'
import type { Subscription, SubscriptionAnswer } from '../serde/subscription.ts'
import { change } from './change.ts'
import { FakeServices, shownChanges, type Forwarded } from './fake-services.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { subscriptionJoin } from './subscription-join.ts'
import { responseJoin } from './subscription-response-join.ts'
import { subscriptionSend } from './subscription-send.ts'

const text = string() as Serde<unknown>
const fields = { keySerde: text, valueSerde: text, storage: 'memory', isLogged: true } as const

function joinNode(type: 'inner' | 'left'): ForeignKeyJoinNode {
  return {
    kind: 'foreign-key-join',
    id: 'join',
    parents: ['left', 'right'],
    type,
    foreignKey: (value: string) => value.split('|')[1] ?? null,
    select: (left: unknown, right: unknown) => `${String(left)}/${String(right)}`,
    leftKeySerde: text,
    leftValueSerde: text,
    rightKeySerde: text,
    rightValueSerde: text,
    subscriptionStore: { ...fields, kind: 'key-value', name: 'subscriptions' },
    store: { ...fields, kind: 'timestamped-key-value', name: 'joined' },
    isMaterialized: true,
    sendsOldValues: true,
    cacheBytes: 0,
  }
}

function nodeOf<Kind extends PlanNode['kind']>(nodes: readonly PlanNode[], kind: Kind) {
  return nodes.find((node) => node.kind === kind) as Extract<PlanNode, { readonly kind: Kind }>
}

/** A table of one task, by hand. */
class Table {
  readonly rows = new Map<unknown, { value: unknown; timestamp: number }>()

  put(key: unknown, value: unknown, timestamp: number) {
    const old = this.rows.get(key)?.value ?? null
    if (value === null) this.rows.delete(key)
    else this.rows.set(key, { value, timestamp })
    return change(value, old)
  }
}

/** Left and right tasks of several partitions; what they send each other waits until it is carried. */
function run(type: 'inner' | 'left', partitions = 1) {
  const nodes = expandForeignKeyJoins([joinNode(type)])
  const tasks = Array.from({ length: partitions }, (_, partition) => {
    const fake = new FakeServices()
    const services: ProcessorServices = { ...fake.services, taskId: `0_${partition}` }
    const [left, right] = [new Table(), new Table()]
    services.provideView('left', { get: (key) => left.rows.get(key), isVersioned: false })
    services.provideView('right', { get: (key) => right.rows.get(key), isVersioned: false })
    const send = subscriptionSend(nodeOf(nodes, 'subscription-send'), fake.forward, services)
    const [asked, changed] = subscriptionJoin(nodeOf(nodes, 'subscription-join'), fake.forward, services) as Forward[]
    const [answered] = responseJoin(nodeOf(nodes, 'response-join'), fake.forward, services) as Forward[]
    return { fake, left, right, send, asked: asked!, changed: changed!, answered: answered! }
  })
  return {
    tasks,
    left: (partition: number, key: string, value: string | null, timestamp: number): Forwarded[] => {
      const { fake, left, send } = tasks[partition]!
      return fake.send(send, key, left.put(key, value, timestamp), timestamp)
    },
    right: (partition: number, key: string, value: string | null, timestamp: number): Forwarded[] => {
      const { fake, right, changed } = tasks[partition]!
      return fake.send(changed, key, right.put(key, value, timestamp), timestamp)
    },
    /** Carries subscriptions to a right task and gives its answers. */
    ask: (partition: number, subscriptions: readonly Forwarded[]): Forwarded[] => {
      const { fake, asked } = tasks[partition]!
      return subscriptions.flatMap((one) => fake.send(asked, one.key, one.value, one.timestamp))
    },
    /** Carries answers to the left tasks that they name. */
    answer: (answers: readonly Forwarded[]): string[] =>
      answers.flatMap((one) => {
        const { fake, answered } = tasks[(one.value as SubscriptionAnswer).partition]!
        return shownChanges(fake.send(answered, one.key, one.value, one.timestamp))
      }),
  }
}

const instructions = (sent: readonly Forwarded[]): unknown[] =>
  sent.map(({ key, value }) => [key, (value as Subscription).instruction])

describe('the left side of a foreign-key join', () => {
  it('asks under inner only where there is or was a result', () => {
    const join = run('inner')
    expect(instructions(join.left(0, 'k', 'v|a', 0))).toEqual([['a', 'answer-if-found']])
    expect(instructions(join.left(0, 'k', 'w|a', 1))).toEqual([['a', 'answer']])
    expect(instructions(join.left(0, 'k', 'w|b', 2))).toEqual([
      ['a', 'delete'],
      ['b', 'answer'],
    ])
    expect(instructions(join.left(0, 'k', null, 3))).toEqual([['b', 'delete-and-answer']])
    expect(instructions(join.left(0, 'k', null, 4))).toEqual([])
    expect(join.tasks[0]!.fake.count('records-dropped')).toBe(0)
  })

  it('asks under left for every update, without a key where there is no foreign key', () => {
    const join = run('left')
    expect(instructions(join.left(0, 'k', 'v', 0))).toEqual([[null, 'answer']])
    expect(instructions(join.left(0, 'k', 'v|a', 1))).toEqual([['a', 'answer']])
    expect(instructions(join.left(0, 'k', 'v|b', 2))).toEqual([
      ['a', 'delete-and-answer'],
      ['b', 'answer'],
    ])
    expect(instructions(join.left(0, 'k', null, 3))).toEqual([
      ['b', 'delete-and-answer'],
      [null, 'answer'],
    ])
  })

  it('follows a row under inner that loses its foreign key and gets another', () => {
    const join = run('inner')
    expect(instructions(join.left(0, 'k', 'v', 0))).toEqual([])
    expect(instructions(join.left(0, 'k', 'v|a', 1))).toEqual([['a', 'answer-if-found']])
    expect(instructions(join.left(0, 'k', 'v', 2))).toEqual([['a', 'delete-and-answer']])
    expect(instructions(join.left(0, 'k', null, 3))).toEqual([])
    expect(join.tasks[0]!.fake.count('records-dropped')).toBe(2)
  })

  it('drops an update whose foreign key cannot be had', () => {
    const join = run('inner')
    expect(join.left(0, 'k', 7 as never, 0)).toEqual([])
    expect(join.tasks[0]!.fake.thrown).toMatchObject([{ node: 'join/send' }])
  })
})

describe('a foreign-key join', () => {
  it('leaves out the answer to a row that has changed meanwhile', () => {
    const join = run('inner')
    join.right(0, 'a', 'A', 0)
    join.right(0, 'b', 'B', 0)
    const toFirst = join.ask(0, join.left(0, 'k', 'v|a', 1))
    const toSecond = join.ask(0, join.left(0, 'k', 'v|b', 2))
    expect(join.answer(toFirst)).toEqual([])
    expect(join.answer(toSecond)).toEqual(['k | v|b/B <- null | 2'])
  })

  it('leaves out the answer to a row that is gone meanwhile, under left too', () => {
    const join = run('left')
    const late = join.ask(0, join.left(0, 'k', 'v|a', 1))
    const gone = join.ask(0, join.left(0, 'k', null, 2))
    expect(join.answer(late)).toEqual([])
    expect(join.answer(gone)).toEqual(['k | null <- null | 2', 'k | null <- null | 2'])
  })

  it('sends answers back to the partition that asked', () => {
    const join = run('inner', 3)
    join.right(0, 'a', 'A', 0)
    const fromOne = join.ask(0, join.left(1, 'k1', 'v|a', 1))
    const fromTwo = join.ask(0, join.left(2, 'k2', 'w|a', 2))
    expect(join.answer([...fromTwo, ...fromOne])).toEqual(['k2 | w|a/A <- null | 2', 'k1 | v|a/A <- null | 1'])
    expect(join.answer(join.right(0, 'a', 'B', 3))).toEqual(['k1 | v|a/B <- v|a/A | 3', 'k2 | w|a/B <- w|a/A | 3'])
  })

  it('answers a changed row only to those who name it, not to keys that begin alike', () => {
    const join = run('inner')
    join.ask(0, join.left(0, 'k1', 'v|a', 1))
    join.ask(0, join.left(0, 'k2', 'v|ab', 1))
    expect(join.answer(join.right(0, 'a', 'A', 2))).toEqual(['k1 | v|a/A <- null | 2'])
    expect(join.answer(join.right(0, 'ab', 'AB', 3))).toEqual(['k2 | v|ab/AB <- null | 3'])
  })

  it('gives the later time of both rows to what a left row brings', () => {
    const join = run('inner')
    join.right(0, 'a', 'A', 9)
    expect(join.answer(join.ask(0, join.left(0, 'k', 'v|a', 1)))).toEqual(['k | v|a/A <- null | 9'])
  })

  it('gives the time of the right row to what its update brings, older or not, as the reference does', () => {
    const join = run('inner')
    join.ask(0, join.left(0, 'k', 'v|a', 5))
    expect(join.answer(join.right(0, 'a', 'A', 2))).toEqual(['k | v|a/A <- null | 2'])
  })
})
