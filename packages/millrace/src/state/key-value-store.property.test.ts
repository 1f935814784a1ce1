import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { integer, json, long, number, string, type Serde } from '../serde/index.ts'
import type { StoreSpec } from '../plan/store-spec.ts'
import { StoreRig, storeHomes, withFolder } from './stores-under-test.ts'
import { Transcript } from './transcript.ts'

type Op =
  | { readonly kind: 'put' | 'put-if-absent'; readonly key: number; readonly value: number }
  | { readonly kind: 'delete' | 'get' | 'prefix'; readonly key: number; readonly isReverse: boolean }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly isReverse: boolean }
  | { readonly kind: 'intrude'; readonly key: number; readonly value: number | null }
  | { readonly kind: 'all' | 'write' | 'commit' | 'flush-committed' | 'compact' | 'crash' | 'crash-flushing' }

const keyKinds: readonly { readonly name: string; readonly serde: Serde<never>; readonly keys: readonly unknown[] }[] =
  [
    { name: 'text', serde: string() as never, keys: ['', 'a', 'ab', 'b', 'a\0', '\uffee', '\u{1f3ac}', 'ÿ', 'þa'] },
    { name: 'integer', serde: integer() as never, keys: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 256, -256, 7] },
    { name: 'long', serde: long() as never, keys: [0, 1, -1, 2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER, 5] },
    { name: 'number', serde: number() as never, keys: [0, -0, 0.5, -0.5, Infinity, -Infinity, NaN, 3, -3] },
    { name: 'json', serde: json() as never, keys: [{ a: 1 }, { a: 2 }, ['x'], 'ÿ', 1, 'y'] },
  ]

const keyAt = fc.nat({ max: 8 })
const operations: fc.Arbitrary<Op[]> = fc.array(
  fc.oneof(
    {
      weight: 7,
      arbitrary: fc.record({ kind: fc.constantFrom('put', 'put', 'put-if-absent'), key: keyAt, value: fc.nat() }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom('delete', 'get', 'prefix'), key: keyAt, isReverse: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('range'), from: keyAt, to: keyAt, isReverse: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('intrude'), key: keyAt, value: fc.option(fc.nat(), { freq: 2 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('all', 'write', 'commit', 'flush-committed', 'compact', 'crash', 'crash-flushing'),
      }),
    },
  ),
  { maxLength: 60 },
)

type Model = Map<string, { readonly key: unknown; readonly value: number }>

const fields = { kind: 'key-value', name: 's', valueSerde: long(), isLogged: true } as const
type Spec = Extract<StoreSpec, { kind: 'key-value' }>

function run(rig: StoreRig<Spec>, ops: readonly Op[], keys: readonly unknown[]): Transcript {
  const told = new Transcript()
  const bytesOfKey = (key: unknown): Buffer => rig.spec.keySerde.serialize(key, 't')!
  let model: Model = new Map()
  let committed: Model = new Map()
  const key = (at: number): unknown => keys[at % keys.length]
  const id = (at: number): string => bytesOfKey(key(at)).toString('latin1')
  const sorted = (keeps: (bytes: Buffer) => boolean, isReverse: boolean): (readonly [unknown, number])[] => {
    const rows = [...model.values()].map((row) => ({ ...row, bytes: bytesOfKey(row.key) }))
    const found = rows.filter((row) => keeps(row.bytes)).sort((a, b) => a.bytes.compare(b.bytes))
    return (isReverse ? found.reverse() : found).map((row) => [row.key, row.value])
  }
  for (const op of ops) {
    const { store } = rig
    if (op.kind === 'put') {
      store.put(key(op.key), op.value)
      model.set(id(op.key), { key: key(op.key), value: op.value })
    } else if (op.kind === 'put-if-absent') {
      const before = model.get(id(op.key))
      told.add(store.putIfAbsent(key(op.key), op.value), before?.value)
      if (before === undefined) model.set(id(op.key), { key: key(op.key), value: op.value })
    } else if (op.kind === 'delete') {
      told.add(store.delete(key(op.key)), model.get(id(op.key))?.value)
      model.delete(id(op.key))
    } else if (op.kind === 'get') {
      told.add(store.get(key(op.key)), model.get(id(op.key))?.value)
    } else if (op.kind === 'prefix') {
      const prefix = bytesOfKey(key(op.key)).subarray(0, 2)
      const keeps = (bytes: Buffer): boolean => bytes.subarray(0, prefix.length).equals(prefix)
      told.add([...store.prefixScan(prefix, { reverse: op.isReverse })], sorted(keeps, op.isReverse))
    } else if (op.kind === 'range') {
      const [from, to] = [bytesOfKey(key(op.from)), bytesOfKey(key(op.to))]
      const keeps = (bytes: Buffer): boolean => bytes.compare(from) >= 0 && bytes.compare(to) <= 0
      const found = [...store.range(key(op.from), key(op.to), { reverse: op.isReverse })]
      told.add(found, sorted(keeps, op.isReverse))
    } else if (op.kind === 'all') {
      told.add(
        [...store.all()],
        sorted(() => true, false),
      )
    } else if (op.kind === 'intrude') {
      const value = op.value === null ? null : long().serialize(op.value, 't')
      rig.intrude({ key: bytesOfKey(key(op.key)), value, timestamp: 0 })
    } else if (op.kind === 'crash' || op.kind === 'crash-flushing') {
      rig.crash(op.kind === 'crash' ? Infinity : 2)
      model = new Map(committed)
    } else if (op.kind === 'commit') {
      rig.commit()
      committed = new Map(model)
    } else if (op.kind === 'write') rig.write()
    else if (op.kind === 'compact') rig.compact()
    else rig.flushCommitted()
    told.add(rig.store.size, model.size)
  }
  told.add(
    [...rig.store.all({ reverse: true })],
    sorted(() => true, true),
  )
  return told
}

describe.each(storeHomes)('a key-value store $name', (home) => {
  it.each(keyKinds)('equals a map sorted by the bytes of $name keys, whatever happens', ({ serde, keys }) => {
    const numRuns = home.storage === 'memory' ? 400 : 60
    const spec = { ...fields, keySerde: serde } as const
    const check = (ops: readonly Op[], folder: string): void => {
      const rig = new StoreRig(home, folder, { ...spec, storage: home.storage })
      const told = run(rig, ops, keys)
      rig.close()
      expect(told.answers).toEqual(told.expected)
    }
    fc.assert(
      fc.property(operations, (ops) => withFolder((folder) => check(ops, folder))),
      { numRuns },
    )
  })
})
