import { expect, it } from 'vitest'
import { helpText } from './help.ts'
import { readOptions } from './options.ts'

it('has a million ratings, ten kills and three processes unless told otherwise', () => {
  expect(readOptions([])).toMatchObject({ command: 'run', ratings: 1_000_000, kills: 10, processes: 3, partitions: 8 })
  expect(readOptions(['rebalance', '--guarantee', 'exactly-once'])).toMatchObject({
    command: 'rebalance',
    commitEveryMs: 200,
  })
})

it('refuses what it does not know, and says what it takes', () => {
  expect(() => readOptions(['--topology', 'by-user'])).toThrow('--topology takes by-key, by-film, suppressed')
  expect(() => readOptions(['--kills', 'many'])).toThrow('--kills takes a whole number of at least 0')
  expect(() => readOptions(['--kils', '3'])).toThrow("Unknown option '--kils'")
  expect(() => readOptions(['explode'])).toThrow("not 'explode'")
})

it('explains every option', () => {
  expect(readOptions(['--help'])).toBe('help')
  for (const name of ['topology', 'guarantee', 'storage', 'standbys', 'session-timeout', 'zombies', 'broker-pauses']) {
    expect(helpText).toContain(`--${name} `)
  }
})
