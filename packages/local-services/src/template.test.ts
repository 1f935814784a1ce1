import { expect, it } from 'vitest'
import { fillTemplate } from './template.ts'

it('fills every place, also where an @ stands before one', () => {
  expect(fillTemplate('voters=1@@HOST@:@PORT@\nagain=@PORT@', { HOST: 'here', PORT: '1' })).toBe(
    'voters=1@here:1\nagain=1',
  )
})

it('refuses a place that has no value', () => {
  expect(() => fillTemplate('@HOST@', {})).toThrow('asks for @HOST@')
})

it('refuses a value that has no place', () => {
  expect(() => fillTemplate('x', { HOST: 'here' })).toThrow('no place for @HOST@')
})
