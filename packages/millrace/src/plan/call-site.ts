/** The package: built files say where their sources lie when Node reads source maps. */
const ownPackage = new URL('../..', import.meta.url).pathname

/** Where the caller of the library stands, as `file:line:column`; undefined when the stack does not tell. */
export function callSite(): string | undefined {
  const depth = Error.stackTraceLimit
  Error.stackTraceLimit = 20
  const stack = new Error('call site').stack ?? ''
  Error.stackTraceLimit = depth
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^)]*:\d+:\d+)\)?$/.exec(line.trim())?.[1]
    if (place === undefined || isOwn(place) || place.includes('node:')) continue
    return place.replace(/^file:\/\//, '')
  }
  return undefined
}

function isOwn(place: string): boolean {
  const path = place.replace(/^file:\/\//, '')
  if (!path.startsWith(ownPackage)) return false
  return /^(?:src|dist)\//.test(path.slice(ownPackage.length)) && !/\.test(-d)?\.ts:/.test(path)
}
