import { describe, expect, it } from 'vitest'
import { Rating } from './rating.ts'

const valid = { name: 'Ann', movie: 'Odd Socks', timestamp: '2025-03-27T09:56:10.841672', rating: 9 }

describe('Rating', () => {
  it('reads a time without an offset as UTC and cuts microseconds', () => {
    const atMs = Date.parse('2025-03-27T09:56:10.841Z')
    expect(Rating.parse(valid)).toEqual({ ...valid, timestamp: atMs })
    expect(Rating.parse({ ...valid, timestamp: '2025-03-27 09:56:10.841999' }).timestamp).toBe(atMs)
    expect(Rating.parse({ ...valid, timestamp: '2025-03-27T11:56:10.841+02:00' }).timestamp).toBe(atMs)
  })

  it('leaves other fields out', () => {
    expect(Rating.parse({ ...valid, mood: 'good' })).not.toHaveProperty('mood')
  })

  it.each([
    ['an empty name', { name: '' }],
    ['no name', { name: undefined }],
    ['a mark above 10', { rating: 11 }],
    ['a mark below 1', { rating: 0 }],
    ['half a mark', { rating: 7.5 }],
    ['a mark as text', { rating: '7' }],
    ['a time that is none', { timestamp: 'yesterday' }],
    ['a time as a number', { timestamp: 1_743_069_370_841 }],
    ['no film', { movie: null }],
  ])('refuses %s', (_, change) => {
    expect(Rating.safeParse({ ...valid, ...change }).success).toBe(false)
  })
})
