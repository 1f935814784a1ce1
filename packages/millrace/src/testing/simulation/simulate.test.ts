import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { json, string, topology } from '../../index.ts'
import { simulate, simulateSeeds } from '../index.ts'
import { withEarlyAcks } from './early-acks.ts'
import { simulateWith } from './simulate.ts'

const counts = topology('counts', (t) => {
  t.source('words', { key: string(), value: json<number>() })
    .groupByKey()
    .count({ store: 'per-word' })
    .toStream()
    .to('counted')
})
const inputs = { words: (random: () => number) => ({ key: 'abcdef'.charAt(Math.floor(random() * 6)), value: 1 }) }

it('runs a topology of a user in one line, for both guarantees', async () => {
  const reports = await simulateSeeds(counts, { seeds: 10, inputs })
  expect(new Set(reports.map(({ guarantee }) => guarantee)).size).toBe(2)
  expect(reports.some(({ crashes }) => crashes > 0)).toBe(true)
})

it('plays the same under the same seed', async () => {
  const first = await simulateSeeds(counts, { seeds: 5, from: 100, inputs })
  expect(await simulateSeeds(counts, { seeds: 5, from: 100, inputs })).toEqual(first)
})

it('chooses from sample records', async () => {
  const samples = [
    { key: 'a', value: 1 },
    { key: 'b', value: 2 },
  ]
  expect((await simulate(counts, { seed: 1, inputs: { words: samples } })).seed).toBe(1)
})

it('names the inputs that have no records', async () => {
  await expect(simulate(counts, { seed: 1 })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

it('catches offsets that go ahead of a changelog within 50 seeds', async () => {
  const hooks = { wrapTransport: withEarlyAcks }
  let caught: unknown
  for (let seed = 1; seed <= 50 && caught === undefined; seed++) {
    const options = { seed, inputs, guarantee: 'at-least-once' } as const
    await simulateWith(counts, options, hooks).catch((thrown: unknown) => {
      caught = thrown
    })
  }
  expect(caught).toMatchObject({ code: 'SIMULATION_FAILED' })
  expect(String(caught)).toMatch(/store per-word of words_\d lacks/)
  expect(String(caught)).toContain('The last steps')
})

it('has all time, scheduling and randomness of the runtime come from ports', () => {
  const forbidden =
    /setTimeout|setInterval|setImmediate|Date\.now|new Date\(\)|Math\.random|performance\.|nextTick|randomUUID/
  const root = join(import.meta.dirname, '..', '..')
  const files = ['runtime', 'task', 'processors', 'state'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
      .map((file) => `${folder}/${file}`),
  )
  expect(files.length).toBeGreaterThan(100)
  const found = files.filter((file) => forbidden.test(readFileSync(join(root, file), 'utf8')))
  expect(found).toEqual(['runtime/system-clock.ts'])
})
