import { string, type KStream, type TopologyBuilder } from 'millrace'
import { texts } from '../topologies/text.ts'
import {
  type AnyJoin,
  joinRows,
  joinType,
  joinWindow,
  minus,
  notThree,
  numbers,
  oneSidedType,
  plus,
  rows,
  type Spec,
} from './spec.ts'

type Build = (t: TopologyBuilder, spec: Spec) => void
type Texts = KStream<string | null, string>

function joined(left: Texts, right: Texts, type: AnyJoin, spec: Spec): Texts {
  const values = { leftValue: string(), rightValue: string() }
  return left.joinStream<string | null, string, AnyJoin, string>(right, {
    type,
    ...joinWindow(spec),
    select: plus,
    ...values,
  })
}

/** By a key that is null where the value begins with N, so that it has to be repartitioned. */
function rekeyed(stream: Texts, spec: Spec): Texts {
  if (spec.options['rekey'] === undefined) return stream
  return stream.map(({ key, value }: { key: string | null; value: string | null }) => ({
    key: value === null || value.startsWith('N') ? null : key,
    value: value as string,
  }))
}

const withStream: Build = (t, spec) => {
  const left = rekeyed(t.source('left', texts), spec)
  joined(left, t.source('right', texts), joinType(spec), spec).to('out', texts)
}

const withItself: Build = (t, spec) => {
  const one = t.source('in', texts)
  joined(one, one, joinType(spec), spec).to('out', texts)
}

const threeStreams: Build = (t, spec) => {
  const both = joined(t.source('a', texts), t.source('b', texts), joinType(spec), spec)
  joined(both, t.source('c', texts), joinType(spec, 'type2'), spec).to('out', texts)
}

const withTable: Build = (t, spec) => {
  let table = rows(t, 'right', spec, 'versioned')
  if (spec.options['filter'] !== undefined) table = table.filter(notThree)
  if (spec.options['map'] !== undefined) table = table.mapValues((value) => `${value}!`)
  rekeyed(t.source('left', texts), spec)
    .joinTable(table, {
      type: oneSidedType(spec),
      select: minus,
      value: string(),
      ...numbers(spec, { grace: 'grace' }),
    })
    .to('out', texts)
}

const withJoinedTables: Build = (t, spec) => {
  const [one, two] = [rows(t, 'one', spec, 'v1'), rows(t, 'two', spec, 'v2')]
  const table = joinRows(one, two, joinType(spec, 'ttype'), spec.options['store'])
  t.source('left', texts)
    .joinTable(table, { type: oneSidedType(spec), select: minus })
    .to('out', texts)
}

const withGlobalTable: Build = (t, spec) => {
  const second = (value: string | null): string | null => /^[^,]*,(.+)$/.exec(value ?? '')?.[1] ?? null
  t.source('left', texts)
    .joinTable(t.globalTable('right', texts), { type: oneSidedType(spec), on: second, select: plus })
    .to('out', texts)
}

export const streamJoins: Readonly<Record<string, Build>> = {
  ss: withStream,
  self: withItself,
  ss3: threeStreams,
  st: withTable,
  stj: withJoinedTables,
  gt: withGlobalTable,
}
