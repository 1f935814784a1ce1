import { string, type KTable, type TopologyBuilder } from 'millrace'
import { foreignKey } from '../topologies/foreign-key-joins.ts'
import { text, texts } from '../topologies/text.ts'
import { joinRows, joinType, notThree, oneSidedType, rows, type Spec } from './spec.ts'

type Build = (t: TopologyBuilder, spec: Spec) => void

/** A side of a join, as the options say: filtered, mapped. */
function side(t: TopologyBuilder, spec: Spec, topic: string): KTable<string, string> {
  const letter = topic.slice(0, 1)
  let table = rows(t, topic, spec, `${letter}v`)
  if (spec.options[`${letter}filter`] !== undefined) table = table.filter(notThree)
  if (spec.options[`${letter}map`] !== undefined) table = table.mapValues((value) => `${value}!`)
  return table
}

const twoTables: Build = (t, spec) => {
  const joined = joinRows(side(t, spec, 'left'), side(t, spec, 'right'), joinType(spec), spec.options['store'])
  if (spec.options['group'] === undefined) return joined.toStream().to('out', texts)
  joined
    .groupBy(({ value }) => ({ key: 'all', value }), texts)
    .aggregate({
      init: () => '0',
      add: (sum, value) => `${sum}+${value}`,
      subtract: (sum, value) => `${sum}-${value}`,
      value: string(),
    })
    .toStream()
    .to('out', texts)
}

const threeTables: Build = (t, spec) => {
  const [a, b, c] = [rows(t, 'a', spec, 'av'), rows(t, 'b', spec, 'bv'), rows(t, 'c', spec, 'cv')]
  const both = joinRows(a, b, joinType(spec), spec.options['store'])
  const third = spec.options['again'] === undefined ? c : b
  joinRows(both, third, joinType(spec, 'type2'), spec.options['store2']).toStream().to('out', texts)
  if (third === b) c.toStream().to('other', texts)
}

const byForeignKey: Build = (t, spec) => {
  const select = (left: unknown, right: unknown): string => `(${text(left)},${text(right)})`
  let [left, right] = [rows(t, 'left', spec, 'lv'), rows(t, 'right', spec, 'rv')]
  if (spec.options['lfilter'] !== undefined) left = left.filter((value) => !value.includes('3'))
  if (spec.options['rfilter'] !== undefined) right = right.filter(notThree)
  const { store } = spec.options
  const options = { select, value: string(), ...(store === undefined ? {} : { store }) }
  let joined = left.joinTable(right, { type: oneSidedType(spec), on: foreignKey, ...options })
  if (spec.options['chain'] !== undefined) {
    const on = (value: string): string => `t${value.length % 2}`
    joined = joined.joinTable(rows(t, 'third', spec, '-'), {
      type: 'left',
      on,
      select,
      value: string(),
      name: 'second',
    })
  }
  joined.toStream().to('out', texts)
}

export const tableJoins: Readonly<Record<string, Build>> = { tt: twoTables, tt3: threeTables, fk: byForeignKey }
