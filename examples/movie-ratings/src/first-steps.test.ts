import { testDriver } from 'millrace/testing'
import { expect, it } from 'vitest'
import { firstSteps, largeOrders } from './first-steps.ts'

// #region test
it('passes on large orders only', () => {
  const driver = testDriver(largeOrders)
  driver.input('orders').send('ann', { customer: 'ann', amount: 250 }, { at: '2025-03-27T09:56:10Z' })
  driver.input('orders').send('bob', { customer: 'bob', amount: 2 })
  expect(driver.output('large-orders').records()).toMatchObject([
    { key: 'ann', value: { customer: 'ann', amount: 250, at: 'the front desk' } },
  ])
})
// #endregion

it('starts and stops in one process', async () => {
  await expect(firstSteps()).resolves.toBeUndefined()
})
