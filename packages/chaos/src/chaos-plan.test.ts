import { expect, it } from 'vitest'
import { chaosPlan } from './chaos-plan.ts'

const options = { seed: 1, ratings: 1_000, kills: 3, zombies: 1, brokerKills: 1, brokerPauses: 1 }

it('has every fault that was asked for, in the order of their records, the same for the same seed', () => {
  const plan = chaosPlan(options)
  expect(plan.map(({ kind }) => kind).sort()).toEqual(
    ['broker-kill', 'broker-pause', 'join', 'kill', 'kill', 'kill', 'leave', 'zombie'].sort(),
  )
  const records = plan.map(({ atRecords }) => atRecords)
  expect(records).toEqual([...records].sort((one, other) => one - other))
  expect(Math.max(...records)).toBeLessThan(1_000)
  expect(chaosPlan(options)).toEqual(plan)
  expect(chaosPlan({ ...options, seed: 2 })).not.toEqual(plan)
})
