import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeFlexible, encodeFlexible, FlexibleReader, FlexibleWriter } from './flexible-request.ts'
import { renewalOf } from './init-producer-id.ts'
import { stableFetchOf } from './stable-offset-fetch.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

it('reads back what it writes', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 150 }), { maxLength: 140 })
  fc.assert(
    fc.property(texts, fc.nat(0xffffffff), fc.maxSafeInteger(), (list, unsigned, long) => {
      const out = new FlexibleWriter(1)
      out.compactArray(list, (text) => out.compactText(text))
      out.unsigned(unsigned)
      out.int64(long)
      const reader = new FlexibleReader(out.written())
      const expected = list.map((text) => Buffer.from(text, 'utf8').toString('utf8'))
      expect(reader.compactArray(() => reader.compactText())).toEqual(expected)
      expect([reader.unsigned(), reader.int64()]).toEqual([unsigned, long])
    }),
    { numRuns: 50 },
  )
})

it('names the epoch that it holds when it asks for the next', () => {
  const held = { producerId: 4_294_967_298, producerEpoch: 3 }
  const request = renewalOf({ transactionalId: 'tx', timeoutMs: 60_000, held })
  expect(encodeFlexible(request)).toEqual(hex('00 03 7478 0000ea60 0000000100000002 0003 00'))
  expect(decodeFlexible(request, hex('00 00000005 0000 0000000100000002 0004 00'))).toEqual({
    clientSideThrottleTime: 5,
    answer: { errorCode: 0, producerId: 4_294_967_298, producerEpoch: 4 },
  })
})

it('asks for stable offsets, and reads them past tags of later brokers', () => {
  const request = stableFetchOf({ groupId: 'g', topics: [{ topic: 'a', partitions: [{ partition: 1 }] }] })
  expect(encodeFlexible(request)).toEqual(hex('00 02 67 02 02 61 02 00000001 00 01 00'))
  const partition = '00000001 0000000000000007 ffffffff 02 6d 0000'
  const answer = hex(`01 07 02 ffff 00000000 02 02 61 02 ${partition} 00 00 0058 00`)
  expect(decodeFlexible(request, answer).answer).toEqual({
    responses: [{ topic: 'a', partitions: [{ partition: 1, offset: '7', metadata: 'm' }] }],
    errorCodes: [0, 88],
  })
})
