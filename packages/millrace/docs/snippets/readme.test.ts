import { testDriver } from 'millrace/testing'
import { expect, it } from 'vitest'
import { filmsByHour } from './readme.ts'

// #region test
it('gives the mean of each hour once, five minutes after its end', () => {
  const driver = testDriver(filmsByHour)
  driver.input('ratings').send('ann', { film: 'Alien', rating: 9 }, { at: '2025-03-27T09:15:00Z' })
  driver.input('ratings').send('bob', { film: 'Alien', rating: 8 }, { at: '2025-03-27T09:59:00Z' })
  expect(driver.output('films-by-hour').records()).toEqual([])

  driver.input('ratings').send('eve', { film: 'Alien', rating: 1 }, { at: '2025-03-27T10:05:00Z' })
  const hour = Date.UTC(2025, 2, 27, 9)
  expect(driver.output('films-by-hour').records()).toMatchObject([{ key: 'Alien', value: { hour, mean: 8.5 } }])
})
// #endregion
