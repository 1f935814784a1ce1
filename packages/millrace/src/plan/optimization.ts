import { StreamsError } from '../errors/index.ts'
import { callSite } from './call-site.ts'

/**
 * What the compiler may do to make a topology cheaper:
 * - `merge-repartitions`: operations below one change of the key share one internal topic. Renames topics.
 * - `reuse-source-topics`: the store of a `table()` is restored from its source topic and has no changelog of its own.
 * - `single-store-self-join`: an inner join of a stream with itself keeps one buffer instead of two.
 */
export type Optimization = 'merge-repartitions' | 'reuse-source-topics' | 'single-store-self-join'

const all: readonly Optimization[] = Object.freeze([
  'merge-repartitions',
  'reuse-source-topics',
  'single-store-self-join',
])

/** On by default is only what changes no name that a topology had before, and no result. */
const byDefault: readonly Optimization[] = Object.freeze(['single-store-self-join'])

/** Which to do: all, none, those named, or the default. Throws OPTION_INVALID for one that there is not. */
export function optimizationsOf(given: boolean | readonly Optimization[] | undefined): readonly Optimization[] {
  if (given === undefined) return byDefault
  if (typeof given === 'boolean') return given ? all : []
  const unknown = given.find((one) => !all.includes(one))
  if (unknown === undefined) return Object.freeze([...new Set(given)])
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `There is no optimisation '${unknown}'`,
    hint: `Use true, false, or some of ${all.join(', ')}.`,
    callSite: callSite(),
  })
}
