import { describe, expect, it } from 'vitest'
import type { StoreChange } from '../ports/index.ts'
import { changelogChange, changelogHeaders } from './changelog-record.ts'

const key = Buffer.from('k')
const stampedAt = 999

function throughTopic(change: StoreChange, carriesTime: boolean): StoreChange {
  return changelogChange(change.key, change.value, stampedAt, changelogHeaders(change, carriesTime))
}

describe('a changelog record', () => {
  it('brings the time of a version through a topic that the broker stamps', () => {
    const change = { key, value: Buffer.from('v'), timestamp: -5 }
    expect(throughTopic(change, true)).toEqual(change)
  })

  it.each([true, false])(
    'brings a retraction through with its time, whether others carry theirs: %s',
    (carriesTime) => {
      const change = { key, value: null, timestamp: 20, isRetraction: true } as const
      expect(throughTopic(change, carriesTime)).toEqual(change)
    },
  )

  it('has no headers where the time is in the key or the value', () => {
    expect(changelogHeaders({ key, value: null, timestamp: 1 }, false)).toEqual([])
  })
})
