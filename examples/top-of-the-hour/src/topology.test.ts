import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { invalidTopic, ratingsTopic, topTopic, usersTopic } from './topics.ts'
import { topOfTheHour } from './topology.ts'

const nine = Date.UTC(2025, 2, 27, 9)

/** A driver that knows Ann and Bob; times are minutes after nine. */
function started() {
  const driver = testDriver(topOfTheHour)
  const at = (minute: number) => ({ at: nine + minute * 60_000 })
  const user = (name: string, country: string | null, minute = 0) =>
    driver.input(usersTopic).send(name, country === null ? null : { country }, at(minute))
  const rate = (minute: number, film: string, name: string, rating: number) =>
    driver.input(ratingsTopic).send(film, { user: name, rating }, at(minute))
  user('Ann', 'Greece')
  user('Bob', 'Chile')
  return {
    driver,
    user,
    rate,
    at,
    rows: () =>
      driver
        .output(topTopic)
        .records()
        .map((record) => record.value),
  }
}

describe('top of the hour', () => {
  it('writes nothing while an hour and its grace last, then each film once', () => {
    const { rate, rows } = started()
    rate(10, 'Odd Socks', 'Ann', 9)
    rate(50, 'Odd Socks', 'Bob', 6)
    rate(55, 'Cold Tea', 'Bob', 4)
    rate(64, 'Cold Tea', 'Ann', 5)
    expect(rows()).toEqual([])
    rate(65, 'Cold Tea', 'Ann', 5)
    // what closes at one time goes in the order of the keys
    expect(rows()).toEqual([
      { film: 'Cold Tea', from: nine, ratings: 1, mean: 4, fan: 'Bob', country: 'Chile' },
      { film: 'Odd Socks', from: nine, ratings: 2, mean: 7.5, fan: 'Ann', country: 'Greece' },
    ])
    rate(90, 'Cold Tea', 'Bob', 1)
    expect(rows()).toHaveLength(2)
  })

  it('gives a result the key of the fan and the time of its last rating', () => {
    const { driver, rate, at } = started()
    rate(10, 'Odd Socks', 'Ann', 9)
    rate(30, 'Odd Socks', 'Bob', 2)
    rate(65, 'Odd Socks', 'Bob', 2)
    expect(driver.output(topTopic).records()).toMatchObject([{ key: 'Ann', timestamp: at(30).at }])
  })

  it('counts a late rating while the grace lasts and drops it afterwards', () => {
    const { driver, rate, rows } = started()
    rate(10, 'Odd Socks', 'Ann', 9)
    rate(64, 'Odd Socks', 'Bob', 1)
    rate(59, 'Odd Socks', 'Bob', 8)
    rate(65, 'Odd Socks', 'Bob', 1)
    rate(58, 'Odd Socks', 'Bob', 10)
    expect(rows()).toMatchObject([{ ratings: 2, mean: 8.5, fan: 'Ann' }])
    expect(driver.total('records-dropped')).toBe(1)
  })

  it('takes the first of those who gave the best mark for the fan', () => {
    const { rate, rows } = started()
    rate(1, 'Odd Socks', 'Bob', 8)
    rate(2, 'Odd Socks', 'Ann', 8)
    rate(70, 'Odd Socks', 'Ann', 3)
    expect(rows()).toMatchObject([{ fan: 'Bob' }])
  })

  it('joins with the user as they are when the hour is closed', () => {
    const { user, rate, rows } = started()
    rate(10, 'Odd Socks', 'Ann', 9)
    user('Ann', 'Japan', 20)
    rate(70, 'Odd Socks', 'Ann', 9)
    user('Ann', 'Peru', 80)
    rate(130, 'Odd Socks', 'Ann', 9)
    expect(rows()).toMatchObject([{ country: 'Japan' }, { country: 'Peru' }])
  })

  it('leaves out a film whose fan is not, or no longer, a user', () => {
    const { user, rate, rows } = started()
    rate(10, 'Odd Socks', 'Zoe', 10)
    rate(11, 'Cold Tea', 'Bob', 10)
    rate(12, 'Slow Train', 'Ann', 10)
    user('Bob', null, 20)
    rate(70, 'Odd Socks', 'Ann', 1)
    expect(rows()).toMatchObject([{ film: 'Slow Train' }])
  })

  it('puts aside what is no rating and goes on', () => {
    const { driver, rate, rows, at } = started()
    driver.input(ratingsTopic).send('Odd Socks', '{"user":', at(1))
    driver.input(ratingsTopic).send('Odd Socks', { user: 'Ann', rating: 11 }, at(2))
    driver.input(ratingsTopic).send('Odd Socks', null, at(3))
    rate(10, 'Odd Socks', 'Ann', 9)
    rate(70, 'Odd Socks', 'Ann', 1)
    expect(driver.output(invalidTopic).records()).toHaveLength(3)
    expect(rows()).toMatchObject([{ film: 'Odd Socks', ratings: 1 }])
  })

  it('sends only the results through an internal topic: ratings are keyed as they are grouped', () => {
    expect(topOfTheHour.explain()).toContain('none: the key is still that of ratings')
    expect(topOfTheHour.explain().match(/^ {2}to internal topic/gm)).toHaveLength(1)
  })
})
