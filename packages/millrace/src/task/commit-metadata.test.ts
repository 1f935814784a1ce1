import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCommitMetadata, encodeCommitMetadata, maxMetadataBytes, metadataBytesFor } from './commit-metadata.ts'

const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 })
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 5 })

describe('commit metadata', () => {
  it('reads back everything it wrote', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: 2 ** 50 }),
        names,
        names,
        fc.array(offset),
        (time, stores, topics, some) => {
          const at = (index: number): number => some[index % Math.max(1, some.length)] ?? index
          const changelogEnds = new Map(stores.map((name, index) => [name, at(index)]))
          const origins = new Map(
            topics.map((name, index) => [name, new Map([[index, { offset: at(index + 1), index: index * 200 }]])]),
          )
          const read = decodeCommitMetadata(
            encodeCommitMetadata({ streamTimeMs: time, partitionTimes: changelogEnds, changelogEnds, origins }),
          )!
          expect(read.streamTimeMs).toBe(time)
          for (const [name, end] of changelogEnds) expect(read.changelogEnd(name)).toBe(end)
          for (const [name, partitions] of origins) expect(read.origins(name)).toEqual(partitions)
          for (const [name, end] of changelogEnds) expect(read.partitionTime(name)).toBe(end)
          expect(read.partitionTime('something else that is not there')).toBe(-1)
          expect(read.changelogEnd('something else that is not there')).toBeUndefined()
        },
      ),
    )
  })

  it('does not take texts that are not its own', () => {
    for (const text of [
      '',
      'x',
      'mr',
      'mr!!',
      'AQIDBA==',
      'mrAv8=',
      `mr${Buffer.from([9, 0, 0, 0]).toString('base64')}`,
    ]) {
      expect(decodeCommitMetadata(text)).toBeUndefined()
    }
  })

  it('knows how large it may become', () => {
    const origins = new Map([
      ['t', new Map(Array.from({ length: 140 }, (_, p) => [p, { offset: 2 ** 52, index: 900 }]))],
    ])
    const changelogEnds = new Map(Array.from({ length: 30 }, (_, store) => [`s${store}`, 2 ** 52]))
    const partitionTimes = new Map(Array.from({ length: 5 }, (_, topic) => [`t${topic}`, 2 ** 52]))
    const text = encodeCommitMetadata({ streamTimeMs: 2 ** 52, partitionTimes, changelogEnds, origins })
    expect(Buffer.from(text.slice(2), 'base64').length).toBeLessThanOrEqual(metadataBytesFor(30, 5, 140))
    expect(metadataBytesFor(30, 5, 140)).toBeLessThan(maxMetadataBytes)
    expect(text.length).toBeLessThan(4_096)
  })
})
