import { messageOf, StreamsError } from '../errors/index.ts'
import { fail, type PlanNode } from '../plan/index.ts'
import type { Forward, ProcessorServices } from './processor.ts'

type Failing = Pick<ProcessorServices, 'failed' | 'threw'>

/** Operations that read or write state, whose serdes therefore work while a record is processed. */
const stateful: ReadonlySet<PlanNode['kind']> = new Set<PlanNode['kind']>([
  'table-source',
  'table-filter',
  'table-map-values',
  'stream-aggregate',
  'table-aggregate',
  'window-aggregate',
  'sliding-aggregate',
  'session-aggregate',
  'suppress',
  'stream-stream-join',
  'stream-table-join',
  'table-table-join',
  'subscription-send',
  'subscription-join',
  'response-join',
])

export function keepsState(node: PlanNode): boolean {
  return stateful.has(node.kind)
}

/**
 * Gives what fails in an operation's stores its place, and applies the topology's policy to it when it is the record's
 * fault (a serde that throws, a key that is too large). Callbacks are watched where they are called, operations below
 * by their own guards.
 */
export function guardInput(node: PlanNode, input: Forward, services: Failing): Forward {
  return (key, value, timestamp) => {
    try {
      input(key, value, timestamp)
    } catch (thrown) {
      stateFailed(node, thrown, services)
    }
  }
}

/** The same for what an operation does before a commit. */
export function guardFlush(node: PlanNode, flush: () => void, services: Failing): () => void {
  return () => {
    try {
      flush()
    } catch (thrown) {
      stateFailed(node, thrown, services)
    }
  }
}

const faultsOfRecords: ReadonlySet<string> = new Set([
  'SERIALIZE_FAILED',
  'DESERIALIZE_FAILED',
  'STORE_KEY_MISSING',
  'STORE_KEY_TOO_LARGE',
])

function stateFailed(node: PlanNode, thrown: unknown, services: Failing): void {
  if (!(thrown instanceof StreamsError)) return services.threw(node, serdeThrew(thrown))
  // one that has a task has been through a policy further down
  if (thrown.context.taskId !== undefined) throw thrown
  if (faultsOfRecords.has(thrown.code)) services.threw(node, thrown)
  else services.failed(node, fail, thrown)
}

function serdeThrew(thrown: unknown): StreamsError {
  return new StreamsError({
    code: 'SERIALIZE_FAILED',
    what: `A serde of the operation's store threw: ${messageOf(thrown)}`,
    hint: 'Check the options `key` and `value` of the operation, or of the one that its serdes come from.',
    cause: thrown,
  })
}
