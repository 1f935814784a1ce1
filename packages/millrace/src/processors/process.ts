import { messageOf, StreamsError } from '../errors/index.ts'
import type { ProcessNode } from '../plan/index.ts'
import type { ForwardedRecord, Processor, ProcessorContext } from '../ports/processor-api.ts'
import type { StateStore } from '../ports/state-store.ts'
import { promiseReturned } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

type AnyProcessor = Processor<unknown, unknown>
type AnyContext = ProcessorContext<unknown, unknown, Readonly<Record<string, StateStore>>>

/** What a processor works on. */
interface State {
  key: unknown
  timestamp: number
  /** Whether one of its callbacks runs: nothing can be forwarded later. */
  isRunning: boolean
}

/** Every processor so far: one that two tasks share would mix what they keep in variables. */
const known = new WeakSet<AnyProcessor>()

/** Runs a processor of the user's own: a new one per task, made when the task's stores are restored. */
export function process(node: ProcessNode, forward: Forward, services: ProcessorServices): Forward {
  const state: State = { key: null, timestamp: 0, isRunning: true }
  const supplier = node.supplier as unknown as (context: AnyContext) => AnyProcessor
  let processor: AnyProcessor
  services.onStart(() => {
    // tables are built after what reads them
    const context = contextOf(node, forward, services, state)
    processor = placed(node, services, 'made', () => supplier(context))
    if (typeof processor?.process !== 'function') throw noProcessor(node)
    if (known.has(processor)) throw sharedProcessor(node)
    known.add(processor)
    state.isRunning = false
    services.onClose(() => placed(node, services, 'closed', () => processor.close?.()))
  })
  return (key, value, timestamp) => {
    state.key = key
    state.timestamp = timestamp
    state.isRunning = true
    try {
      const result: unknown = processor.process({ key, value, timestamp, headers: services.record.headers })
      if (result instanceof Promise) throw promiseReturned('process()')
    } catch (thrown) {
      services.threw(node, thrown)
    }
    state.isRunning = false
  }
}

function contextOf(node: ProcessNode, forward: Forward, services: ProcessorServices, state: State): AnyContext {
  const { record } = services
  const stores = Object.entries(node.stores).map(([name, store]) => [name, services.storeNamed(store)])
  const tables = Object.entries(node.tables).map(([name, table]) => [name, services.view(table).rows])
  return {
    taskId: services.taskId,
    stores: Object.freeze(Object.fromEntries([...stores, ...tables])) as AnyContext['stores'],
    forward(forwarded, child) {
      if (!state.isRunning) throw forwardedLate(node)
      const target = child === undefined ? forward : (services.child(node.id, child) ?? noChild(node, child))
      const timestamp = forwarded.timestamp ?? state.timestamp
      if (!(timestamp >= 0)) throw negativeTime(timestamp)
      const key = node.isKeyFixed ? state.key : forwarded.key
      const { batch, index, given } = record
      if (forwarded.headers !== undefined) record.withHeaders(forwarded.headers)
      target(key, forwarded.value, timestamp)
      record.at(batch, index, given)
    },
    schedule(intervalMs, type, callback) {
      if (!Number.isInteger(intervalMs) || intervalMs < 1) throw invalidInterval(node, intervalMs)
      return services.schedule(intervalMs, type, (timestamp) => {
        state.timestamp = timestamp
        state.isRunning = true
        try {
          const result: unknown = callback(timestamp)
          if (result instanceof Promise) throw promiseReturned('schedule()')
        } catch (thrown) {
          services.threw(node, thrown)
        }
        state.isRunning = false
      })
    },
    commit: () => services.requestCommit(),
    get streamTime() {
      return services.streamTime.ms
    },
    get wallClock() {
      return services.nowMs()
    },
    get origin() {
      return record.index < 0 ? undefined : record.origin()
    },
  } satisfies AnyContext & { forward(record: ForwardedRecord<unknown, unknown>, child?: string): void }
}

/** What user code throws where no record is being processed: no policy, but a place. */
function placed<T>(node: ProcessNode, { taskId }: ProcessorServices, when: string, call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    if (thrown instanceof StreamsError) throw thrown.in({ taskId, node: node.id, callSite: node.callSite })
    throw new StreamsError({
      code: 'PROCESS_FAILED',
      what: `User code threw while a processor was ${when}: ${messageOf(thrown)}`,
      hint: 'Mend the function given to process().',
      taskId,
      node: node.id,
      callSite: node.callSite,
      cause: thrown,
    })
  }
}

function noChild(node: ProcessNode, child: string): never {
  throw new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: `A processor forwards to '${child}', which does not follow it`,
    hint: `Name an operation behind it: stream.filter(…, { name: '${child}' }).`,
    node: node.id,
  })
}

function forwardedLate(node: ProcessNode): StreamsError {
  return new StreamsError({
    code: 'CALLBACK_ASYNC',
    what: 'A processor forwards after its callback has returned',
    hint: 'Forward within process() or a scheduled callback; wait for promises in mapValuesAsync().',
    node: node.id,
    callSite: node.callSite,
  })
}

function invalidInterval(node: ProcessNode, intervalMs: number): StreamsError {
  return new StreamsError({
    code: 'OPTION_INVALID',
    what: `schedule() was given an interval of ${intervalMs} ms`,
    hint: 'Give whole milliseconds, at least one, e.g. seconds(10).',
    node: node.id,
    callSite: node.callSite,
  })
}

function noProcessor(node: ProcessNode): StreamsError {
  return new StreamsError({
    code: 'CALLBACK_RESULT_INVALID',
    what: 'The function given to process() made no processor',
    hint: 'Return an object with a process(record) method, a new one at every call.',
    node: node.id,
    callSite: node.callSite,
  })
}

function sharedProcessor(node: ProcessNode): StreamsError {
  return new StreamsError({
    code: 'CALLBACK_RESULT_INVALID',
    what: 'The function given to process() returned a processor that another task has',
    hint: 'Make the object inside the function: every call returns a new one.',
    node: node.id,
    callSite: node.callSite,
  })
}

function negativeTime(timestamp: number): StreamsError {
  return new StreamsError({
    code: 'TIMESTAMP_INVALID',
    what: `A processor forwards a record with timestamp ${timestamp}`,
    hint: "Give ms since the epoch, not negative; or leave it out to keep the record's own.",
  })
}
