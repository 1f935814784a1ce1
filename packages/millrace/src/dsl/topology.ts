import { compile, describe, type DescribeFormat, explain } from '../compile/index.ts'
import { StreamsError, type Synchronous } from '../errors/index.ts'
import { callSite, fail, type Optimization, optimizationsOf, type Plan, type Policy } from '../plan/index.ts'
import { PlanBuilder } from './plan-builder.ts'
import { TopologyBuilder } from './topology-builder.ts'

/** A finished topology: a frozen value. The same object runs in a test, in one process, or as many instances. */
export interface Topology {
  readonly name: string
  readonly plan: Plan
  /** The operations as indented text (default), as a Mermaid flowchart, or for viewers of Kafka Streams' topologies. */
  describe(format?: DescribeFormat): string
  /** What each operation does to keys, partitions and state, and why; and what holds after a crash. */
  explain(): string
}

export interface TopologyOptions {
  /** What happens to a record when user code throws while it is processed. Default `fail`. */
  readonly onProcessError?: Policy
  /**
   * What may be made cheaper: `true` for everything, `false` for nothing, or a list. Default: what renames nothing, which
   * is 'single-store-self-join'. A change of it renames internal topics of a running app.
   */
  readonly optimize?: boolean | readonly Optimization[]
}

/**
 * Defines a topology. `name` outlives deploys: it is the default application id, and so the consumer group.
 * Throws TOPOLOGY_INVALID, NAME_INVALID, NAME_TAKEN TOPIC_CONFLICT or OPTION_INVALID where the definition is wrong.
 */
export function topology(
  name: string,
  define: (
    t: TopologyBuilder,
  ) => Synchronous<'a topology is defined synchronously: await what it needs before calling topology()'>,
  options: TopologyOptions = {},
): Topology {
  const builder = new PlanBuilder(name)
  const defined: unknown = define(new TopologyBuilder(builder))
  if (defined instanceof Promise) throw asynchronous(name, defined)
  const plan = builder.freeze(options.onProcessError ?? fail, optimizationsOf(options.optimize))
  const compiled = compile(plan)
  return Object.freeze({
    name,
    plan,
    describe: (format: DescribeFormat = 'text') => describe(compiled, format),
    explain: () => explain(compiled),
  })
}

function asynchronous(name: string, defined: Promise<unknown>): StreamsError {
  defined.catch(() => {})
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: `The function that defines topology '${name}' is asynchronous`,
    hint: 'Await what it needs before topology().',
    callSite: callSite(),
  })
}
