import { compile, describeMermaid, describeText } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import { callSite, fail, type Plan, type Policy } from '../plan/index.ts'
import { PlanBuilder } from './plan-builder.ts'
import { TopologyBuilder } from './topology-builder.ts'

/** A finished topology: a frozen value. The same object runs in a test, in one process, or as many instances. */
export interface Topology {
  readonly name: string
  readonly plan: Plan
  /** The operations as indented text (default) or as a Mermaid flowchart. */
  describe(format?: 'text' | 'mermaid'): string
}

export interface TopologyOptions {
  /** What happens to a record when user code throws while it is processed. Default `fail`. */
  readonly onProcessError?: Policy
}

/**
 * Defines a topology. `name` outlives deploys: it is the default application id, and so the consumer group.
 * Throws TOPOLOGY_INVALID, NAME_INVALID, NAME_TAKEN or TOPIC_CONFLICT where the definition is wrong.
 */
export function topology(name: string, define: (t: TopologyBuilder) => void, options: TopologyOptions = {}): Topology {
  const builder = new PlanBuilder(name)
  const defined: unknown = define(new TopologyBuilder(builder))
  if (defined instanceof Promise) throw asynchronous(name, defined)
  const plan = builder.freeze(options.onProcessError ?? fail)
  const compiled = compile(plan)
  return Object.freeze({
    name,
    plan,
    describe: (format: 'text' | 'mermaid' = 'text') =>
      format === 'text' ? describeText(compiled) : describeMermaid(compiled),
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
