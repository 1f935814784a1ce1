import { minutes } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { sensors, withOrigin } from './processors.ts'

describe('snippets of processors', () => {
  it('forward to a child by its name, from a record and from a timer', () => {
    const driver = testDriver(sensors)
    driver.input('sensors').send('s1', { celsius: 20 })
    driver.advanceWallClock(minutes(5))
    expect(driver.output('silent-sensors').records()).toEqual([])
    driver.advanceWallClock(minutes(1))
    expect(driver.outputs().map(({ topic, key, value }) => [topic, key, value])).toEqual([
      ['celsius', 's1', 20],
      ['silent-sensors', 's1', 0],
    ])
  })

  it('know where a record came from', () => {
    const driver = testDriver(withOrigin)
    driver.input('sensors').send('s1', { celsius: 20 })
    driver.input('sensors').send('s1', { celsius: 21 })
    expect(
      driver
        .output('with-origin')
        .records()
        .map((record) => record.value),
    ).toEqual(['20 from sensors-0@0', '21 from sensors-0@1'])
  })
})
