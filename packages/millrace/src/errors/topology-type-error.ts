declare const topologyTypeError: unique symbol

/** What a wrong use is not assignable to: the message reads as a sentence in the compiler's output. */
export interface TopologyTypeError<Message extends string> {
  readonly [topologyTypeError]: Message
}

/** What a callback for side effects may give back: anything but a promise. */
export type Synchronous<Message extends string> =
  | void
  | null
  | undefined
  | string
  | number
  | bigint
  | boolean
  | symbol
  | (object & { readonly then?: TopologyTypeError<Message> })
