import { describe, expect, it } from 'vitest'
import { findQuotingFault } from './quoting-fault.ts'

describe('findQuotingFault', () => {
  it.each(['a,b\n1,2\n', '"a","b ""c"""\r\n"x\ny" ,2', 'a,b"c"d\n', '""', '', ' "a" ,b', '"a"\r"b"'])(
    'finds nothing in %j',
    (text) => {
      expect(findQuotingFault(text, ',')).toBeUndefined()
    },
  )

  it('finds the line where a quote is opened and never closed', () => {
    expect(findQuotingFault('a,b\r\n"x\r\ny",2\n3,"4\n5,6\n', ',')).toEqual({
      line: 4,
      what: 'a quote is opened and never closed',
    })
  })

  it('finds what stands behind a closing quote', () => {
    expect(findQuotingFault('a;b\n1;"2" x;3\n', ';')).toEqual({
      line: 2,
      what: "'x' stands behind the closing quote of a field",
    })
  })
})
