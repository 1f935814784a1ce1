import { expect, it } from 'vitest'
import { runSeed } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

// More: SIMULATION_SEEDS=500 SIMULATION_FROM=1000 npx vitest run --project unit packages/simulate; or npm run simulate
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 20)
const from = Number(process.env['SIMULATION_FROM'] ?? 1)

it.each(scenarios)('$name ends as without faults', { timeout: 60_000 + seeds * 1_000 }, async (scenario) => {
  let crashes = 0
  for (let seed = from; seed < from + seeds; seed++) crashes += (await runSeed(scenario, seed, undefined)).crashes
  expect(crashes).toBeGreaterThan(0)
})
