/** What a member tells the group when it joins. */
export interface MemberInfo {
  /** Where other processes reach this member for queries; whatever text the user gave. */
  readonly endpoint?: string
  /** Tasks of which it has warm state: standby replicas, and local stores. */
  readonly warm: readonly string[]
}

/** What the group decided, told to every member. */
export interface GroupInfo {
  readonly members: readonly GroupMemberInfo[]
}

export interface GroupMemberInfo {
  readonly memberId: string
  readonly endpoint?: string
  readonly tasks: readonly string[]
  readonly standbys: readonly string[]
}

const version = 1

export function writeMemberInfo(info: MemberInfo): string {
  return JSON.stringify({ version, ...info })
}

/** A text of another version, or of nobody we know, tells nothing. */
export function readMemberInfo(text: string | undefined): MemberInfo {
  const read = parse<MemberInfo>(text)
  if (read === undefined) return { warm: [] }
  const warm = Array.isArray(read.warm) ? read.warm.map(String) : []
  return typeof read.endpoint === 'string' ? { endpoint: read.endpoint, warm } : { warm }
}

export function writeGroupInfo(info: GroupInfo): string {
  return JSON.stringify({ version, ...info })
}

export function readGroupInfo(text: string | undefined): GroupInfo {
  const read = parse<GroupInfo>(text)
  return { members: Array.isArray(read?.members) ? (read.members as GroupInfo['members']) : [] }
}

/** Whatever fields it has may be of any type. */
function parse<Info>(text: string | undefined): { readonly [Field in keyof Info]?: unknown } | undefined {
  if (text === undefined || text === '') return undefined
  try {
    const read: unknown = JSON.parse(text)
    const isOurs = typeof read === 'object' && read !== null && 'version' in read && read.version === version
    return isOurs ? read : undefined
  } catch {
    return undefined
  }
}
