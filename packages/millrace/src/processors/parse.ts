import type { StandardSchemaV1 } from '@standard-schema/spec'
import { messageOf, StreamsError } from '../errors/index.ts'
import type { ParseNode } from '../plan/index.ts'
import { issuesText, json, validate } from '../serde/index.ts'
import { eventTime } from './event-time.ts'
import { OrderedCalls } from './ordered-calls.ts'
import type { Forward, ProcessorServices } from './processor.ts'

type Result = StandardSchemaV1.Result<unknown>
type Validation = () => Result | Promise<Result>

const jsonValues = json()

/**
 * Reads JSON from bytes and validates it. A schema that answers with a promise makes a cut in the chain: from then on
 * until the end of the micro-batch every record takes it, so that order is kept.
 */
export function parse(node: ParseNode, forward: Forward, services: ProcessorServices): Forward {
  const { schema, timestamp: at } = node
  const invalid = (error: StreamsError): void => services.failed(node, node.onInvalid, error)
  const go = (result: Result, key: unknown, timestamp: number): void => {
    if (result.issues !== undefined) return invalid(mismatch(result.issues))
    let time = timestamp
    if (at !== undefined) {
      try {
        time = eventTime(at(result.value as never))
      } catch (thrown) {
        return invalid(noTime(thrown))
      }
    }
    forward(key, result.value, time)
  }
  const cut = new OrderedCalls(
    {
      call: async (validation) => (validation as Validation)(),
      resolved: (result, key, timestamp) => go(result as Result, key, timestamp),
      rejected: (thrown) => invalid(asInvalid(thrown)),
    },
    node.concurrency,
    services,
  )
  return (key, value, timestamp) => {
    if (cut.pending > 0) return cut.add(key, () => read(schema, value, services.record.topic), timestamp)
    let answer: Result | Promise<Result>
    try {
      answer = read(schema, value, services.record.topic)
    } catch (thrown) {
      return invalid(asInvalid(thrown))
    }
    if (!(answer instanceof Promise)) return go(answer, key, timestamp)
    answer.catch(() => {})
    cut.add(key, () => answer, timestamp)
  }
}

function read(schema: StandardSchemaV1, value: unknown, topic: string): Result | Promise<Result> {
  const data = Buffer.isBuffer(value) ? jsonValues.deserialize(value, topic) : value
  if (data === null) throw nullValue()
  return validate(schema, data)
}

function mismatch(issues: readonly StandardSchemaV1.Issue[]): StreamsError {
  return new StreamsError({
    code: 'SCHEMA_MISMATCH',
    what: `The value breaks its schema: ${issuesText(issues)}`,
    hint: "Check what the producer writes, widen the schema, or give parse() another policy, e.g. { onInvalid: deadLetter('topic') }.",
  })
}

function nullValue(): StreamsError {
  return new StreamsError({
    code: 'SCHEMA_MISMATCH',
    what: 'The value is null (a tombstone), which parse() cannot read',
    hint: 'filter() null values out before parse(), or give it another policy.',
  })
}

function noTime(thrown: unknown): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'TIMESTAMP_INVALID',
    what: `\`at\` of parse() threw: ${messageOf(thrown)}`,
    hint: 'Mend the callback, or give parse() another policy.',
    cause: thrown,
  })
}

function asInvalid(thrown: unknown): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'SCHEMA_MISMATCH',
    what: `The schema threw: ${messageOf(thrown)}`,
    hint: 'A schema should report issues, not throw; mend it, or give parse() another policy.',
    cause: thrown,
  })
}
