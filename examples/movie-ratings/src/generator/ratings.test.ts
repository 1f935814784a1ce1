import { describe, expect, it } from 'vitest'
import { raters } from './raters.ts'
import { createRatings } from './ratings.ts'

const people = raters()
const titles = ['One', 'Two', 'Three']
const atMs = Date.parse('2025-03-27T09:48:10.483Z')

function take(seed: number, count: number) {
  const next = createRatings({ seed, raters: people, titles })
  return Array.from({ length: count }, (_, index) => next(atMs + index))
}

describe('createRatings', () => {
  it('gives the same ratings for the same seed', () => {
    expect(take(7, 50)).toEqual(take(7, 50))
    expect(take(7, 50)).not.toEqual(take(8, 50))
  })

  it('takes the raters in turn', () => {
    expect(take(1, 22).map((rating) => rating.name)).toEqual([...people, ...people])
  })

  it('gives every mark from 1 to 10 and every title', () => {
    const ratings = take(1, 1000)
    expect([...new Set(ratings.map((rating) => rating.rating))].sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
    expect(new Set(ratings.map((rating) => rating.movie))).toEqual(new Set(titles))
  })

  it('writes the time in UTC with microseconds and without an offset', () => {
    expect(take(1, 1)[0]?.timestamp).toMatch(/^2025-03-27T09:48:10\.483\d{3}$/)
  })
})

describe('raters', () => {
  it('names eleven different people, the same in every run, the given one last', () => {
    expect(new Set(people).size).toBe(11)
    expect(raters()).toEqual(people)
    expect(people.at(-1)).toBe('Evangelia Panourgia')
    expect(raters('Ann').at(-1)).toBe('Ann')
    expect(raters('Ann').slice(0, 10)).toEqual(people.slice(0, 10))
  })
})
