import { describe, expect, it } from 'vitest'
import { integer, json, string } from 'millrace'
import type { ValueAndTimestamp, WindowStore } from 'millrace/ports'
import { testDriver } from 'millrace/testing'
import { chaosRatings } from '../ratings.ts'
import { chaosTopology, countName, storeName, topicsOf, topologyNames } from '../topologies.ts'
import { checkOutput, repetitions } from './check-output.ts'
import { checkState } from './check-state.ts'
import { Expectation } from './expected-counts.ts'

describe.each(topologyNames)('what is expected of the topology %s', (name) => {
  it('is what an undisturbed run gives', () => {
    const topics = topicsOf('expected')
    const driver = testDriver(chaosTopology(name, 'memory', topics))
    const input = driver.input(topics.ratings, { key: string(), value: json() })
    const expectation = new Expectation(name)
    for (const { user, film, stars, atMs } of chaosRatings(3, 4_000)) {
      input.send(user, { film, stars }, { at: atMs })
      expectation.add(0, user, film, atMs)
    }
    const expected = expectation.counts()
    const output = new Map<string, number[]>()
    for (const { key, value } of driver.output(topics.counts, { key: string(), value: integer() }).records()) {
      output.set(key!, [...(output.get(key!) ?? []), value!])
    }
    expect(checkOutput(output, expected, { topology: name, isExactlyOnce: true })).toEqual([])
    const state = new Map<string, number>()
    const store = driver.store<WindowStore<string, ValueAndTimestamp<number>>>(storeName)
    for (const [key, start, { value }] of store.all()) state.set(countName(key, start), value)
    expect(checkState('', state, expected.state)).toEqual([])
    expect(expected.state.size).toBeGreaterThan(1_000)
    driver.close()
  })
})

describe('the checks', () => {
  const expectation = new Expectation('by-key')
  for (let made = 0; made < 3; made++) expectation.add(0, 'ann', 'Alien', 1_000)
  const expected = expectation.counts()
  const name = countName('ann', 0)
  const output = (...values: readonly number[]) => new Map([[name, values]])
  const exactly = { topology: 'by-key', isExactlyOnce: true } as const
  const atLeast = { topology: 'by-key', isExactlyOnce: false } as const

  it('find a count that is wrong, missing or of nothing', () => {
    expect(checkState('x', new Map([[name, 3]]), expected.state)).toEqual([])
    expect(checkState('x', new Map([[name, 4]]), expected.state)[0]).toContain(`${name}: 4, exact is 3`)
    expect(checkState('x', new Map(), expected.state)[0]).toContain(`${name}: nothing, exact is 3`)
    const more = new Map([
      [name, 3],
      ['bob', 1],
    ])
    expect(checkState('x', more, expected.state)[0]).toContain('bob: 1, exact is nothing')
  })

  it('find a result that is repeated or missing under exactly-once', () => {
    expect(checkOutput(output(1, 2, 3), expected, exactly)).toEqual([])
    for (const wrong of [[1, 2, 2, 3], [1, 3], [1, 2], [1, 2, 3, 4], [2, 1, 3], []]) {
      expect(checkOutput(output(...wrong), expected, exactly)).toHaveLength(1)
    }
  })

  it('allow repetitions under at-least-once, and nothing else', () => {
    expect(checkOutput(output(1, 2, 1, 2, 3), expected, atLeast)).toEqual([])
    expect(repetitions(output(1, 2, 1, 2, 3))).toBe(2)
    for (const wrong of [
      [1, 3],
      [1, 2],
      [1, 2, 3, 4],
    ]) {
      expect(checkOutput(output(...wrong), expected, atLeast)).toHaveLength(1)
    }
  })

  it('find results of what has none', () => {
    const both = new Map([...output(1, 2, 3), ['bob', [1]] as const])
    expect(checkOutput(both, expected, exactly)[0]).toContain('bob: results of what has none')
  })
})
