import { messageOf, StreamsError } from '../errors/index.ts'
import type { PlanNode, Policy, TableSinkNode } from '../plan/index.ts'
import type { Logger } from '../ports/logger.ts'
import type { RecordHeader, RecordHeaders, RecordOrigin } from '../ports/record.ts'
import type { CurrentRecord } from '../processors/index.ts'
import type { TaskHost } from './task-host.ts'

/** The record that a policy is applied to, with its raw bytes as far as they are known. */
export interface FailedRecord {
  readonly origin: RecordOrigin
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: number
  readonly headers: RecordHeaders
}

const linesPerSecond = 10

/** Applies policies for one task: throws under `fail`; else counts, logs, and writes the dead letter. */
export class Failures {
  readonly #taskId: string
  readonly #host: TaskHost
  readonly #logger: Logger
  readonly #onProcessError: Policy
  #second = 0
  #lines = 0
  #unlogged = 0

  constructor(taskId: string, onProcessError: Policy, host: TaskHost) {
    this.#taskId = taskId
    this.#onProcessError = onProcessError
    this.#host = host
    this.#logger = host.logger
  }

  /** User code threw, or returned what its operation cannot use. */
  threw(node: PlanNode, thrown: unknown, record: CurrentRecord): void {
    // a policy further down has decided already: this is its error on the way up through a processor's forward()
    if (thrown instanceof StreamsError && thrown.context.taskId !== undefined) throw thrown
    this.apply(node, this.#onProcessError, asProcessError(thrown), failedRecord(record))
  }

  /** A table refused a row for good. Its record is gone: the dead letter carries the row as JSON and the time of now. */
  rejected(node: TableSinkNode, error: StreamsError, row: unknown, origin: RecordOrigin): void {
    const value = Buffer.from(JSON.stringify(row, bigintAsText))
    this.apply(node, node.onRejected, error, {
      origin,
      key: null,
      value,
      timestamp: this.#host.clock.nowMs(),
      headers: [],
    })
  }

  apply(node: PlanNode, policy: Policy, error: StreamsError, record: FailedRecord): void {
    const located = error.in({ taskId: this.#taskId, node: node.id, callSite: node.callSite, ...record.origin })
    if (policy.kind === 'fail') throw located
    if (policy.kind === 'skip') this.#host.metrics.counter('records-skipped', node.id).value++
    else {
      this.#host.metrics.counter('dead-letters', node.id).value++
      const headers = [...record.headers, ...reasonHeaders(located, node)]
      this.#host.output(policy.topic, record.key, record.value, record.timestamp, headers)
    }
    this.#log(located, policy)
  }

  /** At most some lines per second: a topic full of bad records must not drown the log, and the counters tell all. */
  #log(error: StreamsError, policy: Policy): void {
    const second = Math.floor(this.#host.clock.nowMs() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#lines = 0
    }
    if (this.#lines++ >= linesPerSecond) {
      this.#unlogged++
      return
    }
    const action = policy.kind === 'dead-letter' ? `sent to dead-letter topic ${policy.topic}` : 'skipped'
    const unlogged = this.#unlogged > 0 ? { unloggedBefore: this.#unlogged } : {}
    this.#unlogged = 0
    this.#logger.warn({ code: error.code, ...error.context, ...unlogged }, `Record ${action}: ${error.what}`)
  }
}

function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

export function failedRecord(record: CurrentRecord): FailedRecord {
  const hasRecord = record.index >= 0
  return {
    origin: record.origin(),
    key: record.rawKey,
    value: record.rawValue,
    timestamp: hasRecord ? record.batch.timestamp(record.index) : 0,
    headers: record.headers,
  }
}

function asProcessError(thrown: unknown): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'PROCESS_FAILED',
    what: `User code threw: ${messageOf(thrown)}`,
    hint: 'Mend the callback, or choose another policy: topology(name, define, { onProcessError: skip }).',
    cause: thrown,
  })
}

function reasonHeaders(error: StreamsError, node: PlanNode): readonly RecordHeader[] {
  const { topic, partition, offset } = error.context
  const reasons: Readonly<Record<string, unknown>> = {
    code: error.code,
    message: error.what,
    node: node.id,
    topic,
    partition,
    offset,
  }
  return Object.entries(reasons).map(([name, value]) => ({
    name: `millrace.error.${name}`,
    value: Buffer.from(String(value)),
  }))
}
