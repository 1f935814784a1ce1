import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { users } from '../data/people.ts'
import { seededRatings } from '../data/ratings.ts'
import type { TopRow } from '../schemas.ts'
import { ratingsTopic, topTopic, usersTopic } from '../topics.ts'
import { topOfTheHour } from '../topology.ts'
import { differences } from './differences.ts'
import { expectedRows } from './expected-rows.ts'

const startMs = Date.UTC(2025, 2, 27, 8)

describe('the answers worked out in plain code', () => {
  it.each([1, 2, 3, 4, 5])('are those of the topology, seed %i', (seed) => {
    const ratings = [...seededRatings({ seed, count: 600, startMs, durationMs: 4 * 3_600_000 })]
    const driver = testDriver(topOfTheHour)
    for (const [name, user] of users) driver.input(usersTopic).send(name, user, { at: startMs })
    for (const { film, rating, atMs } of ratings) driver.input(ratingsTopic).send(film, rating, { at: atMs })
    const came = driver
      .output(topTopic)
      .records()
      .map((record) => record.value as TopRow)
    const expected = expectedRows(ratings, users, () => 0)
    expect(expected.rows.length).toBeGreaterThan(20)
    expect(differences(came, expected.rows)).toEqual([])
    expect(driver.total('records-dropped')).toBe(expected.lateRatings)
  })
})

describe('differences', () => {
  const row: TopRow = { film: 'Odd Socks', from: startMs, ratings: 2, mean: 7.5, fan: 'Ann', country: 'Greece' }

  it('names a row that is missing, one that is wrong, one that nobody expected, and one that came twice', () => {
    expect(differences([row], [row])).toEqual([])
    expect(differences([], [row])).toMatchObject([expect.stringMatching(/^missing: .*Odd Socks/)])
    expect(differences([{ ...row, ratings: 3 }], [row])).toMatchObject([expect.stringMatching(/^expected .*got/)])
    expect(differences([row], [])).toMatchObject([expect.stringMatching(/^not expected/)])
    expect(differences([row, row], [row])).toMatchObject([expect.stringMatching(/twice/)])
  })
})
