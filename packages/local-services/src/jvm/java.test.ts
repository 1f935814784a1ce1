import { expect, it } from 'vitest'
import { describeRange, parseJavaMajor } from './java.ts'

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['java version "1.8.0_392"', 8],
  ['openjdk version "25-ea" 2025-09-16', 25],
])('reads the release of %j', (output, major) => {
  expect(parseJavaMajor(output)).toBe(major)
})

it('knows that a stub which asks to install Java is none', () => {
  expect(parseJavaMajor('Unable to locate a Java Runtime.')).toBeUndefined()
})

it('names what is needed', () => {
  expect(describeRange({ min: 17 })).toBe('Java 17 or newer')
  expect(describeRange({ min: 17, max: 17 })).toBe('Java 17')
})
