import { json, string, topology } from 'millrace'
import { simulateSeeds } from 'millrace/testing'
import { expect, it } from 'vitest'

const clicks = topology('clicks', (t) => {
  t.source('clicks', { value: string() })
    .groupBy((visitor) => visitor)
    .count({ store: 'per-visitor' })
    .toStream()
    .to('clicks.per-visitor', { value: json() })
})

// #region simulate
it('counts each click once, whatever crashes', async () => {
  const visitors = ['ann', 'bob', 'eve']
  const inputs = { clicks: visitors.map((value) => ({ key: 'home', value })) }
  const runs = await simulateSeeds(clicks, { seeds: 20, inputs }) // rejects with the seed that failed
  expect(runs.some(({ crashes }) => crashes > 0)).toBe(true)
})
// #endregion
