import { json, string, type Serde } from '../serde/index.ts'

/** Serdes as they flow down a topology: known while key and value types stay those of the source. */
export interface FlowingSerdes {
  readonly key?: Serde<unknown> | undefined
  readonly value?: Serde<unknown> | undefined
}

export const noSerdes: FlowingSerdes = Object.freeze({})

// `given` is a Serde of the operation's own types, which the caller's signature has checked

/** The key serde to use: the one given, the one that flows, or text. A key of another type fails when it is written. */
export function keySerde(given: unknown, flowing: FlowingSerdes): Serde<unknown> {
  return (given as Serde<unknown> | undefined) ?? flowing.key ?? string()
}

/** The value serde to use: the one given, the one that flows, or JSON. */
export function valueSerde(given: unknown, flowing: FlowingSerdes): Serde<unknown> {
  return (given as Serde<unknown> | undefined) ?? flowing.value ?? json()
}
