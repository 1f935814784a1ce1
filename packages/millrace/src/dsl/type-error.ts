declare const topologyTypeError: unique symbol

/** What a wrong use is not assignable to: the message reads as a sentence in the compiler's output. */
export interface TopologyTypeError<Message extends string> {
  readonly [topologyTypeError]: Message
}

/** `unknown` for a synchronous result, the sentence for a promise; meant to be intersected with the result's type. */
export type SyncResult<Result, Operation extends string> =
  IsAny<Result> extends true
    ? unknown
    : Extract<Result, PromiseLike<unknown>> extends never
      ? unknown
      : TopologyTypeError<`${Operation} is synchronous: await in mapValuesAsync() instead of returning a promise`>

type IsAny<T> = 0 extends 1 & T ? true : false

/** The same object type, written out, so that editors and errors show fields and not intersections. */
export type Flat<T> = { [Key in keyof T]: T[Key] } & {}

/** `unknown` when both sides of a join have the same key type (null aside), else the sentence. */
export type SameKey<Left, Right> = [NonNullable<Left>] extends [NonNullable<Right>]
  ? [NonNullable<Right>] extends [NonNullable<Left>]
    ? unknown
    : KeysDiffer
  : KeysDiffer

type KeysDiffer =
  TopologyTypeError<'a join needs both sides to have the same key type; call selectKey() on one side first'>
