import { expect, it } from 'vitest'
import { resolveKafkaOptions } from './options.ts'
import { RestartBudget } from './restart-budget.ts'

function budgetAt() {
  const time = { nowMs: 0 }
  const clock = { nowMs: () => time.nowMs, schedule: () => () => {}, yield: async () => {} }
  const settings = resolveKafkaOptions({ brokers: ['a:1'], restartBudget: 3, outageTimeoutMs: 60_000 })
  return { time, budget: new RestartBudget(settings, clock) }
}

it('allows as many failures as the budget says, with growing waits', () => {
  const { budget } = budgetAt()
  expect([1, 2, 3, 4].map(() => budget.spend('unknown'))).toEqual([100, 200, 400, null])
})

it('forgives after a long stretch of work only', () => {
  const { time, budget } = budgetAt()
  for (let round = 0; round < 3; round++) budget.spend('unknown')
  budget.joined()
  time.nowMs += 1_000
  budget.served()
  expect(budget.spend('unknown')).toBeNull()
  budget.joined()
  time.nowMs += 40_000
  budget.served()
  expect(budget.spend('unknown')).toBe(100)
})

it('bounds an outage by time and tries at least once a second', () => {
  const { time, budget } = budgetAt()
  for (; time.nowMs < 60_000; time.nowMs += 1_000) expect(budget.spend('transient')).toBeLessThanOrEqual(1_000)
  expect(budget.spend('transient')).toBeNull()
})

it('reports the first failure of an outage and one now and then', () => {
  const { time, budget } = budgetAt()
  let reports = 0
  for (; time.nowMs < 59_000; time.nowMs += 1_000) {
    budget.spend('transient')
    if (budget.isNew) reports++
  }
  expect(reports).toBe(2)
})

it('gives up at once on what cannot heal', () => {
  expect(budgetAt().budget.spend('fatal')).toBeNull()
})

it('does not take joining and failing for ever for an outage', () => {
  const { budget } = budgetAt()
  const waits = [1, 2, 3, 4].map(() => {
    budget.joined()
    budget.served()
    return budget.spend('transient')
  })
  expect(waits).toEqual([100, 100, 100, null])
})
