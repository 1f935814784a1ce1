import { StreamsError } from '../errors/index.ts'
import { callSite } from '../plan/index.ts'
import type { LookupTableSpec } from '../ports/lookup-table.ts'
import { bufferedKey, bufferedRecord } from '../serde/buffered-record.ts'
import { invalidOption, notNegativeMs } from './checked-option.ts'
import { GlobalKTable } from './global-k-table.ts'
import { type Handle, handleOf, storeFields } from './handle.ts'
import type { JoinByKeyOptions, JoinStreamOptions, JoinTableOptions } from './join-options.ts'
import type { KTable } from './k-table.ts'
import { keySerde, valueSerde } from './serdes-of.ts'
import { streamJoinStores } from './stream-join-stores.ts'

type Callback = (...args: never[]) => unknown

type Loosened<Options, Names extends string> = Pick<Options, Exclude<keyof Options, Names>> & {
  readonly [Name in Names & 'on']: Callback
}

/** Options whose types the signatures of `joinTable` and `joinStream` have checked. */
export type AnyJoinByKey = Loosened<
  JoinByKeyOptions<unknown, unknown, unknown, unknown, 'left', unknown>,
  'type' | 'on' | 'select'
> & {
  readonly type: 'inner' | 'left'
  readonly select?: Callback
}
export type AnyJoinTable = Loosened<JoinTableOptions<unknown, unknown, unknown, 'left', unknown>, 'type' | 'select'> & {
  readonly type: 'inner' | 'left'
  readonly select?: Callback
}
export type AnyStreamJoin = Loosened<
  JoinStreamOptions<unknown, unknown, unknown, 'outer', unknown>,
  'type' | 'select'
> & {
  readonly type: 'inner' | 'left' | 'outer'
  readonly select: Callback
}

/** With a global or static table, by the key that `on` gives. */
export function joinTableByKey(
  at: Handle,
  table: GlobalKTable<unknown, unknown> | LookupTableSpec<unknown, unknown>,
  options: AnyJoinByKey,
): Handle {
  const { type, on, select } = options
  const serdes = { key: at.serdes.key }
  const callbacks = { on, ...(select === undefined ? {} : { select }) }
  if (!(table instanceof GlobalKTable)) {
    return at.add({ kind: 'join-lookup', type, table, ...callbacks }, 'joinTable', options, serdes)
  }
  const node = {
    kind: 'stream-global-join',
    type,
    table: at.sameTopology(handleOf(table), 'joinTable').node,
    ...callbacks,
  } as const
  return at.add(node, 'joinTable', options, serdes)
}

/** With a table of the same key. */
export function joinKeyedTable(at: Handle, table: KTable<unknown, unknown>, options: AnyJoinTable): Handle {
  const { type, select, grace } = options
  const id = at.idOf('joinTable', options)
  const right = handleOf(table)
  const key = keySerde(options.key, { key: at.serdes.key ?? right.serdes.key })
  const value = valueSerde(options.value, at.serdes)
  const input = at.repartitioned(`${id}-stream`, key, value, { keepsNullKeys: type === 'left' })
  const buffer = grace === undefined ? {} : graceBuffer(id, grace, key, value)
  const node = { kind: 'stream-table-join', type, ...(select === undefined ? {} : { select }), ...buffer } as const
  return input.add(node, 'joinTable', options, { key }, [right])
}

function graceBuffer(
  id: string,
  graceMs: number,
  key: ReturnType<typeof keySerde>,
  value: ReturnType<typeof valueSerde>,
) {
  const fields = storeFields(`${id}-buffer`, {}, bufferedKey(key), bufferedRecord(value))
  return { graceMs: notNegativeMs('grace', graceMs), bufferStore: { kind: 'key-value', ...fields } as const }
}

/** Two streams, within a window. */
export function joinStreams(left: Handle, right: Handle, options: AnyStreamJoin): Handle {
  const { type } = options
  const id = left.idOf('joinStream', options)
  const window = joinWindow(options)
  const key = keySerde(options.key, { key: left.serdes.key ?? right.serdes.key })
  const leftValue = valueSerde(options.leftValue, left.serdes)
  const rightValue = valueSerde(options.rightValue, right.serdes)
  const keepsNullKeys = type !== 'inner'
  const leftInput = left.repartitioned(`${id}-left`, key, leftValue, { keepsNullKeys })
  const rightInput = right.repartitioned(`${id}-right`, key, rightValue, { keepsNullKeys: type === 'outer' })
  const stores = streamJoinStores(options.store ?? id, type, window, options, { key, leftValue, rightValue })
  const node = { kind: 'stream-stream-join', type, ...window, select: options.select, ...stores } as const
  return leftInput.add(node, 'joinStream', options, { key }, [rightInput])
}

function joinWindow(options: AnyStreamJoin): {
  readonly beforeMs: number
  readonly afterMs: number
  readonly graceMs: number
} {
  const { within, before = within, after = within, grace = 0 } = options
  if (before === undefined || after === undefined) {
    throw new StreamsError({
      code: 'OPTION_INVALID',
      what: 'joinStream() has no window',
      hint: 'Give `within`, or both `before` and `after`.',
      callSite: callSite(),
    })
  }
  for (const [option, value] of Object.entries({ before, after })) {
    if (!Number.isInteger(value)) throw invalidOption(option, value, 'Give whole milliseconds, e.g. minutes(5).')
  }
  if (before + after < 0)
    throw invalidOption('before + after', before + after, 'Give a window that does not end before it begins.')
  return { beforeMs: before, afterMs: after, graceMs: notNegativeMs('grace', grace) }
}
