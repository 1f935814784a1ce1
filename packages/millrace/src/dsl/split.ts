import { StreamsError } from '../errors/index.ts'
import { callSite, checkName } from '../plan/index.ts'
import type { Handle } from './handle.ts'
import type { KStream } from './k-stream.ts'
import type { OfPredicate, TopologyTypeError } from './type-error.ts'

/** Branch names and their predicates, tried in the order written. */
export type Predicates<K, V> = Readonly<
  Record<string, (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'split()'>>>
>

/** One stream per branch; a type guard narrows its branch. */
export type Branches<K, V, P extends Predicates<K, V>, Otherwise extends string> = {
  readonly [Name in keyof P]: KStream<K, Narrowed<K, V, P[Name]>>
} & { readonly [Name in Otherwise]: KStream<K, V> }

type Narrowed<K, V, Predicate> = Predicate extends ((value: V, key: K) => value is infer Narrow extends V) ? Narrow : V

/** Adds a split and its branches; gives branch names with their places. */
export function branchNodes<K, V>(
  at: Handle,
  predicates: Predicates<K, V>,
  options: { readonly name?: string; readonly otherwise?: string },
): readonly (readonly [string, Handle])[] {
  const names = Object.keys(predicates)
  if (options.otherwise !== undefined) names.push(options.otherwise)
  for (const name of names) checkBranch(name, names)
  const branches = names.map((name) => {
    const predicate = predicates[name] as ((...args: never[]) => boolean) | undefined
    return predicate === undefined ? { name } : { name, predicate }
  })
  const { name } = options
  const split = at.add({ kind: 'split', branches }, 'split', name === undefined ? {} : { name }, at.serdes)
  return names.map((branch) => [branch, split.add({ kind: 'branch', branch }, branch, {}, at.serdes)] as const)
}

function checkBranch(name: string, names: readonly string[]): void {
  const site = callSite()
  checkName(name, 'Branch', site)
  const isTwice = names.filter((other) => other === name).length > 1
  if (!isTwice && !/^\d+$/.test(name)) return
  throw new StreamsError({
    code: isTwice ? 'NAME_TAKEN' : 'NAME_INVALID',
    what: isTwice ? `Two branches are named '${name}'` : `Branch '${name}' is a number, which JavaScript would reorder`,
    hint: isTwice ? "Give 'otherwise' a name that no predicate has." : 'Give it a name that starts with a letter.',
    callSite: site,
  })
}
