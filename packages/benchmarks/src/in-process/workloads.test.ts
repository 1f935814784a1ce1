import { expect, it } from 'vitest'
import { PreparedRecords, valueOf } from './prepared-records.ts'
import { type WorkloadName, workloads } from './workloads.ts'

it('sends every key once while a store is filled', () => {
  for (const name of Object.keys(workloads) as WorkloadName[]) {
    for (const plan of workloads[name](1_000, 'memory', 10_000).filled.values()) {
      expect(new Set(Array.from({ length: 1_000 }, (_, index) => plan.keyOf(index))).size).toBe(1_000)
    }
  }
})

it('lets no record of the hourly count come too late', () => {
  const [plan] = workloads['hourly count'](10, 'memory', 1_000).measured.values()
  let streamTime = 0
  for (let index = 0; index < 1_010; index++) {
    const time = plan!.timestampOf(index)
    streamTime = Math.max(streamTime, time)
    expect(Math.floor(time / 3_600_000) * 3_600_000 + 3_600_000 + 300_000).toBeGreaterThan(streamTime)
  }
})

it('gives records as slices of what was prepared', () => {
  const batch = new PreparedRecords('in', {
    keys: 10,
    keyOf: (index) => index % 10,
    timestampOf: (index) => index,
  }).batch(20, 30)
  expect([batch.count, batch.offset(3), batch.timestamp(3), batch.nextOffset]).toEqual([10, 23, 23, 30])
  expect(batch.key(3)?.toString()).toBe('00000003')
  expect(batch.value(3)?.readDoubleBE()).toBe(valueOf(23))
})
