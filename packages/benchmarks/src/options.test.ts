import { expect, it } from 'vitest'
import { readOptions, UsageError } from './options.ts'

const names = ['consume', 'latency']

it('measures everything in full size unless told otherwise', () => {
  expect(readOptions([], names)).toEqual({
    only: [],
    records: 1_000_000,
    rounds: 3,
    json: undefined,
    profileDir: undefined,
  })
})

it('takes a size of its own over that of a quick run', () => {
  expect(readOptions(['--quick', '--rounds', '2', '--only', 'consume,latency'], names)).toMatchObject({
    only: ['consume', 'latency'],
    records: 50_000,
    rounds: 2,
  })
})

it('takes measurements by their names alone', () => {
  expect(readOptions(['latency', '--only', 'consume'], names)).toMatchObject({ only: ['latency', 'consume'] })
})

it('refuses what it does not know', () => {
  for (const args of [['--fast'], ['--rounds', '0'], ['--records', 'many'], ['--only', 'speed'], ['extra']])
    expect(() => readOptions(args, names)).toThrow(UsageError)
})
