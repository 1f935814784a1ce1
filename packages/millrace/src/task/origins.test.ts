import { describe, expect, it } from 'vitest'
import { Origins } from './origins.ts'
import { decodeCommitMetadata, encodeCommitMetadata } from './commit-metadata.ts'

const at = (partition: number, offset: number, index = 0) => ({ partition, offset, index })

describe('origins', () => {
  it('know a record that was processed before, per writing partition', () => {
    const origins = new Origins()
    origins.restore(['t'], undefined)
    expect(origins.isSeen('t', at(0, 5))).toBe(false)
    origins.add('t', at(0, 5, 1))
    expect([at(0, 4, 9), at(0, 5, 0), at(0, 5, 1)].map((one) => origins.isSeen('t', one))).toEqual([true, true, true])
    expect([at(0, 5, 2), at(0, 6, 0), at(1, 0, 0)].map((one) => origins.isSeen('t', one))).toEqual([
      false,
      false,
      false,
    ])
  })

  it('go on from what a commit tells', () => {
    const origins = new Origins()
    origins.restore(['t', 'u'], undefined)
    origins.add('t', at(3, 9, 2))
    const text = encodeCommitMetadata({
      streamTimeMs: 1,
      partitionTimes: new Map(),
      changelogEnds: new Map(),
      origins: origins.snapshot(),
    })
    origins.add('t', at(3, 12))
    const later = new Origins()
    later.restore(['t', 'u'], decodeCommitMetadata(text))
    expect(later.isSeen('t', at(3, 9, 2))).toBe(true)
    expect(later.isSeen('t', at(3, 9, 3))).toBe(false)
    expect(later.isSeen('u', at(3, 9, 2))).toBe(false)
  })
})
