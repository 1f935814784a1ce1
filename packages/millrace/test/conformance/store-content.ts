import type {
  SessionStore,
  TimestampedKeyValueStore,
  ValueAndTimestamp,
  VersionedKeyValueStore,
  WindowStore,
} from 'millrace/ports'
import type { Check, VersionedCall } from './case.ts'

type ContentCheck = Extract<Check, { readonly content: readonly string[] }>

/** What a store holds, entry by entry in its own order, in the notation of the case files. */
export function storeContent(store: unknown, check: ContentCheck): readonly string[] {
  switch (check.kind) {
    case 'kv-store': {
      const entries = [...(store as TimestampedKeyValueStore<unknown, unknown>).all()]
      return entries.map(([key, row]) => `${String(key)}=${rowText(row)}`)
    }
    case 'window-store': {
      const entries = [...(store as WindowStore<unknown, ValueAndTimestamp<unknown>>).all()]
      return entries.map(([key, start, row]) => `${String(key)}@${start}=${rowText(row)}`)
    }
    case 'session-store': {
      const sessions = (store as SessionStore<string, unknown>).findSessions(check.key, 0, Number.MAX_SAFE_INTEGER)
      return [...sessions].map(([{ start, end }, value]) => `${check.key}@${start}/${end}=${String(value)}`)
    }
  }
}

/** The result of a call on a versioned store. */
export function versionedResult(store: unknown, call: VersionedCall): string {
  const versions = store as VersionedKeyValueStore<string, string>
  if (call.method === 'put') return validTo(versions.put(call.key, call.value, call.timestamp))
  const found =
    call.method === 'delete'
      ? versions.delete(call.key, call.timestamp)
      : call.asOf === undefined
        ? versions.get(call.key)
        : versions.getAsOf(call.key, call.asOf)
  return found === undefined ? 'null' : `${found.value} @ ${found.timestamp}`
}

function validTo(time: number): string {
  if (time === -1) return 'validTo -1 (latest)'
  // the reference answers Long.MIN_VALUE, which no JavaScript number holds
  return time === Number.MIN_SAFE_INTEGER ? 'validTo -9223372036854775808 (rejected)' : `validTo ${time}`
}

function rowText({ value, timestamp }: ValueAndTimestamp<unknown>): string {
  return `${String(value)}@${timestamp}`
}
