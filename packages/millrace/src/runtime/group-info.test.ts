import { describe, expect, it } from 'vitest'
import { readGroupInfo, readMemberInfo, writeGroupInfo, writeMemberInfo } from './group-info.ts'

describe('what members tell each other', () => {
  it('is read as it was written', () => {
    const info = { endpoint: 'http://here', warm: ['a_0', 'a_1'] }
    expect(readMemberInfo(writeMemberInfo(info))).toEqual(info)
    expect(readMemberInfo(writeMemberInfo({ warm: [] }))).toEqual({ warm: [] })
    const group = { members: [{ memberId: 'm', endpoint: 'x', tasks: ['a_0'], standbys: [] }] }
    expect(readGroupInfo(writeGroupInfo(group))).toEqual(group)
  })

  it('is nothing when it comes from another version, or is no text of ours', () => {
    for (const text of [undefined, '', 'x', '7', 'null', '{}', '{"version":2,"warm":["a"],"members":[1]}']) {
      expect(readMemberInfo(text)).toEqual({ warm: [] })
      expect(readGroupInfo(text)).toEqual({ members: [] })
    }
    expect(readMemberInfo('{"version":1,"warm":"all","endpoint":7}')).toEqual({ warm: [] })
  })
})
