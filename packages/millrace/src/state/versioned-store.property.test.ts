import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { string } from '../serde/index.ts'
import { StoreRig, storeHomes, withFolder } from './stores-under-test.ts'
import { Transcript } from './transcript.ts'

const historyMs = 40
const spec = {
  kind: 'versioned',
  name: 's',
  storage: 'memory',
  isLogged: true,
  keySerde: string(),
  valueSerde: string(),
  historyMs,
} as const

interface Version {
  readonly key: string
  readonly time: number
  readonly value: string | null
}

interface Model {
  versions: Version[]
  observed: number
}

const key = fc.constantFrom('', 'a', 'ab', '\u{1f3ac}')
const time = fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 80 }) }, { weight: 1, arbitrary: fc.nat({ max: 400 }) })
const operations = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('put'), key, time, value: fc.option(fc.string(), { freq: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete'), key, time }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('as-of'), key, time }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('get'), key }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('intrude'),
        key,
        time,
        value: fc.option(fc.string(), { freq: 2 }),
        isRetraction: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('write', 'commit', 'commit', 'flush-committed', 'crash', 'crash-flushing'),
      }),
    },
  ),
  { maxLength: 80 },
)
type Operation = typeof operations extends fc.Arbitrary<infer T> ? T : never

const copy = (model: Model): Model => ({ ...model, versions: [...model.versions] })

function versionsOf(model: Model, key: string): Version[] {
  return model.versions.filter((version) => version.key === key).sort((a, b) => a.time - b.time)
}

function shown(version: Version | undefined): unknown {
  if (version === undefined || version.value === null) return undefined
  return { value: version.value, timestamp: version.time }
}

function asOf(model: Model, key: string, time: number): unknown {
  const versions = versionsOf(model, key)
  const found = versions.findLast((version) => version.time <= time)
  const isKept = time >= model.observed - historyMs || found === versions.at(-1)
  return isKept ? shown(found) : undefined
}

function put(model: Model, { key, time, value }: Version): number {
  if (time < model.observed - historyMs) return Number.MIN_SAFE_INTEGER
  model.observed = Math.max(model.observed, time)
  model.versions = model.versions.filter((version) => version.key !== key || version.time !== time)
  model.versions.push({ key, time, value })
  return versionsOf(model, key).find((version) => version.time > time)?.time ?? -1
}

function run(rig: StoreRig<typeof spec>, ops: Operation): Transcript {
  const told = new Transcript()
  let model: Model = { versions: [], observed: -1 }
  let committed = copy(model)
  for (const op of ops) {
    const { store } = rig
    if (op.kind === 'put') {
      told.add(store.put(op.key, op.value, op.time), put(model, op))
    } else if (op.kind === 'delete') {
      const before = op.time < model.observed - historyMs ? undefined : asOf(model, op.key, op.time)
      told.add(store.delete(op.key, op.time), before)
      put(model, { ...op, value: null })
    } else if (op.kind === 'as-of') {
      told.add(store.getAsOf(op.key, op.time), asOf(model, op.key, op.time))
    } else if (op.kind === 'get') {
      told.add(store.get(op.key), shown(versionsOf(model, op.key).at(-1)))
    } else if (op.kind === 'intrude') {
      const fields = { key: Buffer.from(op.key), timestamp: op.time }
      const value = op.value === null ? null : Buffer.from(op.value)
      rig.intrude(op.isRetraction ? { ...fields, value: null, isRetraction: true } : { ...fields, value })
    } else if (op.kind === 'crash' || op.kind === 'crash-flushing') {
      rig.crash(op.kind === 'crash' ? Infinity : 2)
      model = copy(committed)
    } else if (op.kind === 'commit') {
      rig.commit()
      committed = copy(model)
    } else if (op.kind === 'write') rig.write()
    else rig.flushCommitted()
    told.add(rig.store.observedTime, model.observed)
  }
  return told
}

describe.each(storeHomes)('a versioned store $name', (home) => {
  it('equals a list of all versions ever put, within its history, whatever happens', () => {
    const numRuns = home.storage === 'memory' ? 400 : 60
    const check = (ops: Operation, folder: string): void => {
      const rig = new StoreRig(home, folder, spec)
      const told = run(rig, ops)
      rig.close()
      expect(told.answers).toEqual(told.expected)
    }
    fc.assert(
      fc.property(operations, (ops) => withFolder((folder) => check(ops, folder))),
      { numRuns },
    )
  })
})
