import type { Check, VersionedCall } from './case.ts'
import { notation } from './notation-error.ts'

/** Reads what stands after `= `. */
export function parseCheck(text: string, line: number, file: string): Check {
  const check = parseContent(text) ?? parseVersioned(text) ?? parseMetric(text)
  if (check === undefined) throw notation(file, line, text)
  return check
}

function parseContent(text: string): Check | undefined {
  const found = /^(kv-store|window-store|session-store) (\S+?)(?: \(all windows\)| key (\S+))?: \[(.*)\]$/.exec(text)
  if (found === null) return undefined
  const [, kind, store, key] = found
  const content = found[4] === '' ? [] : found[4]!.split(', ')
  if (kind === 'session-store') return key === undefined ? undefined : { kind, store: store!, key, content }
  return { kind: kind as 'kv-store' | 'window-store', store: store!, content }
}

function parseVersioned(text: string): Check | undefined {
  const found = /^versioned (\S+?)\.(put|get|delete)\((.*)\) -> (.+)$/.exec(text)
  if (found === null) return undefined
  const call = parseCall(found[2]!, found[3]!.split(', '))
  return call === undefined ? undefined : { kind: 'versioned', store: found[1]!, call, result: found[4]! }
}

function parseCall(method: string, [key, second, third]: readonly string[]): VersionedCall | undefined {
  if (key === undefined) return undefined
  if (method === 'put') {
    if (second === undefined || third === undefined) return undefined
    return { method, key, value: second === 'null' ? null : second, timestamp: Number(third) }
  }
  if (method === 'delete') return second === undefined ? undefined : { method, key, timestamp: Number(second) }
  if (second === undefined) return { method: 'get', key }
  return { method: 'get', key, asOf: Number(second.replace('asOf=', '')) }
}

function parseMetric(text: string): Check | undefined {
  const found = /^metric (\S+): (\d+)$/.exec(text)
  return found === null ? undefined : { kind: 'metric', metric: found[1]!, value: Number(found[2]) }
}
