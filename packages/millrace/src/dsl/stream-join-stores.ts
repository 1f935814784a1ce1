import type { KeyValueStoreSpec, WindowStoreSpec } from '../plan/index.ts'
import type { Serde } from '../serde/index.ts'
import { joinSideKey, joinSideValues } from '../serde/join-side.ts'
import { storeFields } from './handle.ts'
import type { StateOptions } from './stateful-options.ts'

interface JoinWindow {
  readonly beforeMs: number
  readonly afterMs: number
  readonly graceMs: number
}

interface JoinSerdes {
  readonly key: Serde<unknown>
  readonly leftValue: Serde<unknown>
  readonly rightValue: Serde<unknown>
}

/** The buffers of a stream–stream join: one per side, and one for what has not matched yet. */
export function streamJoinStores(
  id: string,
  type: 'inner' | 'left' | 'outer',
  window: JoinWindow,
  options: Pick<StateOptions, 'storage' | 'logged'>,
  serdes: JoinSerdes,
): {
  readonly leftStore: WindowStoreSpec
  readonly rightStore: WindowStoreSpec
  readonly unmatchedStore?: KeyValueStoreSpec
} {
  const { storage, logged } = options
  const where = { ...(storage === undefined ? {} : { storage }), ...(logged === undefined ? {} : { logged }) }
  const windowSizeMs = window.beforeMs + window.afterMs
  const retentionMs = windowSizeMs + window.graceMs
  const side = (name: string, value: Serde<unknown>): WindowStoreSpec => ({
    kind: 'window',
    ...storeFields(`${id}-${name}`, where, serdes.key, value),
    retentionMs,
    windowSizeMs,
    isTimestamped: false,
    retainDuplicates: true,
  })
  const stores = { leftStore: side('left', serdes.leftValue), rightStore: side('right', serdes.rightValue) }
  if (type === 'inner') return stores
  const unmatchedStore = {
    kind: 'key-value',
    ...storeFields(
      `${id}-unmatched`,
      where,
      joinSideKey(serdes.key),
      joinSideValues(serdes.leftValue, serdes.rightValue),
    ),
  } as const
  return { ...stores, unmatchedStore }
}
