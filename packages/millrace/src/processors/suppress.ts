import { StreamsError } from '../errors/index.ts'
import type { SuppressNode } from '../plan/index.ts'
import type { Windowed } from '../ports/state-store.ts'
import { change, type Change } from './change.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import type { Buffered } from './suppress-buffer.ts'
import { SuppressState } from './suppress-state.ts'

/**
 * Holds updates back, one per key: the first fixes when it goes, later ones only what goes. Time is the largest time of
 * the updates that came here; without a new one nothing goes. Until the window closes: deletions are left out. Look-ups
 * from below see what was there before the update that waits.
 */
export function suppress(node: SuppressNode, forward: Forward, services: ProcessorServices): Forward {
  const state = new SuppressState(node, services)
  const { buffer } = state
  provideView(node, state, services)
  const put = putInto(node, state, services)
  const release = releaseFrom(node, state, forward, services)
  const { maxRecords = Infinity, maxBytes = Infinity } = node
  const waitMs = node.until.kind === 'time-limit' ? node.until.waitMs : (node.until.graceMs ?? 0)
  const isFull = (): boolean => buffer.size > maxRecords || buffer.bytes > maxBytes
  return (key, value, timestamp) => {
    state.restore()
    if (timestamp > state.streamTimeMs) state.streamTimeMs = timestamp
    put(key, value as Change, timestamp)
    release((first) => first.bufferTime <= state.streamTimeMs - waitMs)
    if (!isFull()) return
    if (node.whenFull === 'fail') throw bufferFull(node, services, buffer.size, buffer.bytes)
    release(isFull)
  }
}

function putInto(
  node: SuppressNode,
  state: SuppressState,
  services: ProcessorServices,
): (key: unknown, update: Change, timestamp: number) => void {
  const { buffer, codec } = state
  const isByWindow = node.until.kind === 'window-close'
  const isBounded = node.maxBytes !== undefined
  return (key, { newValue, oldValue }, timestamp) => {
    const id = codec.idOf(key)
    const { headers } = services.record
    let entry = buffer.get(id)
    if (entry === undefined) {
      const bufferTime = isByWindow ? (key as Windowed<unknown>).window.end : timestamp
      entry = { id, key, bufferTime, priorValue: oldValue, newValue, oldValue, timestamp, headers, bytes: 0 }
      buffer.add(entry)
    } else {
      entry.newValue = newValue
      entry.oldValue = oldValue
      entry.timestamp = timestamp
      entry.headers = headers
    }
    if (isBounded) buffer.resize(entry, codec.sizeOf(entry, services.record.topic))
    state.changed(entry)
  }
}

/** Sends updates on, first things first, as long as `isDue`; each with the headers of its own record. */
function releaseFrom(
  node: SuppressNode,
  state: SuppressState,
  forward: Forward,
  services: ProcessorServices,
): (isDue: (first: Buffered) => boolean) => void {
  const { buffer } = state
  const { record } = services
  const dropsDeletions = node.until.kind === 'window-close'
  return (isDue) => {
    for (let first = buffer.first(); first !== undefined && isDue(first); first = buffer.first()) {
      const { headers: current } = record
      if (first.newValue !== null || !dropsDeletions) {
        record.withHeaders(first.headers)
        // readers that look up meanwhile still see the prior value
        forward(first.key, change(first.newValue, first.oldValue), first.timestamp)
        record.withHeaders(current)
      }
      buffer.removeFirst()
      state.changed(first)
    }
  }
}

function provideView(node: SuppressNode, state: SuppressState, services: ProcessorServices): void {
  const parent = services.view(node.parents[0]!)
  services.provideView(node.id, {
    isVersioned: false,
    get: (key) => {
      state.restore()
      const waiting = state.buffer.get(state.codec.idOf(key))
      if (waiting === undefined) return parent.get(key)
      // its time is not known: any time that it meets is later
      return waiting.priorValue === null ? undefined : { value: waiting.priorValue, timestamp: -1 }
    },
  })
}

function bufferFull(node: SuppressNode, services: ProcessorServices, records: number, bytes: number): StreamsError {
  const { maxRecords, maxBytes } = node
  const most = [
    ...(maxRecords === undefined ? [] : [`${records} of ${maxRecords} records`]),
    ...(maxBytes === undefined ? [] : [`${bytes} of ${maxBytes} bytes`]),
  ]
  return new StreamsError({
    code: 'BUFFER_FULL',
    what: `The buffer of suppress() is full: ${most.join(', ')}`,
    hint: "Raise maxRecords or maxBytes, or let the oldest go early: untilTimeLimit(wait, { whenFull: 'emit-early' }).",
    node: node.id,
    taskId: services.taskId,
    callSite: node.callSite,
    ...services.record.origin(),
  })
}
