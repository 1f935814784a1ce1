import { string, type KTable, type TopologyBuilder } from 'millrace'
import { text, texts } from '../topologies/text.ts'

/** What a reference case says of its topology: `kind name=value …`. */
export interface Spec {
  readonly kind: string
  readonly options: Readonly<Record<string, string>>
}

export function parseSpec(title: string): Spec {
  const [kind = '', ...options] = title.split(' ')
  return { kind, options: Object.fromEntries(options.map((one) => one.split('=') as [string, string])) }
}

export type AnyJoin = 'inner' | 'left' | 'outer'

export function joinType(spec: Spec, name = 'type'): AnyJoin {
  return (spec.options[name] ?? 'inner') as AnyJoin
}

/** Of the joins that have no outer form. */
export function oneSidedType(spec: Spec): 'inner' | 'left' {
  return joinType(spec) === 'left' ? 'left' : 'inner'
}

/** The options of that name that are there, as numbers, under the names that they have here. */
export function numbers<Name extends string>(
  spec: Spec,
  names: Readonly<Record<string, Name>>,
): { readonly [Key in Name]?: number } {
  const given = Object.entries(names).filter(([name]) => spec.options[name] !== undefined)
  return Object.fromEntries(given.map(([name, here]) => [here, Number(spec.options[name])])) as {
    [Key in Name]?: number
  }
}

export function joinWindow(spec: Spec) {
  return { grace: 0, ...numbers(spec, { within: 'within', before: 'before', after: 'after', grace: 'grace' }) }
}

export const plus = (left: unknown, right: unknown): string => `${text(left)}+${text(right)}`
export const minus = (left: unknown, right: unknown): string => `${text(left)}-${text(right)}`
export const notThree = (value: string): boolean => !value.endsWith('3')

/** The table of a topic, versioned where `name` gives a history. */
export function rows(t: TopologyBuilder, topic: string, spec: Spec, name: string): KTable<string, string> {
  return t.table(topic, { ...texts, store: topic, ...numbers(spec, { [name]: 'versioned' }) })
}

/** Joins two tables, in a store where `name` gives one. */
export function joinRows(
  left: KTable<string, string>,
  right: KTable<string, string>,
  type: AnyJoin,
  store: string | undefined,
): KTable<string, string> {
  return left.joinTable(right, { type, select: minus, value: string(), ...(store === undefined ? {} : { store }) })
}
