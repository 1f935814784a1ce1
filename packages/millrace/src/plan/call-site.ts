const ownFolder = new URL('..', import.meta.url).href

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
  const own = ownFolder.replace(/^file:\/\//, '')
  return place.replace(/^file:\/\//, '').startsWith(own) && !/\.test(-d)?\.ts:/.test(place)
}
