import type { TopologyTypeError } from '../errors/index.ts'

export type { TopologyTypeError }

// Sentences are aliases of their own and not hidden in the types that use them: the compiler prints the outermost alias.

export type OfPredicate<Operation extends string> =
  `${Operation} needs true or false at once: compare explicitly, and await in mapValuesAsync() before it`

export type OfResult<Operation extends string> =
  `${Operation} needs its result at once and in this form: await in mapValuesAsync() before it`

export type OfAggregate<Operation extends string> =
  `${Operation} keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it`

export type OfReducer =
  'reduce() gives the type of its values, at once: use aggregate() for another type, and await in mapValuesAsync() before it'

export type OfKeySerde =
  'the key serde is for another type than the keys; give one for their type, or convert them with selectKey() first'

export type OfValueSerde =
  'the value serde is for another type than the values; give one for their type, or convert them with mapValues() first'

/** What a join is told when it is left open whether a record without a match is kept. */
export type TypeGiven<Type> = [Type] extends [never]
  ? TopologyTypeError<"a join needs its `type` written out: 'inner' drops a record that has no match, 'left' keeps it">
  : unknown

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
export type SameKey<
  Left,
  Right,
  Message extends string = 'a join needs both sides to have the same key type; call selectKey() on one side first',
> = [NonNullable<Left>] extends [NonNullable<Right>]
  ? [NonNullable<Right>] extends [NonNullable<Left>]
    ? unknown
    : TopologyTypeError<Message>
  : TopologyTypeError<Message>

/** What is wrong with the `on` of a table join that did not fit. */
export type ForeignKeyFault<Given, K2> =
  Extract<Given, PromiseLike<unknown>> extends never
    ? [Given] extends [K2 | null | undefined]
      ? TopologyTypeError<"a join by `on` is 'inner' or 'left', and its select gets the two rows">
      : TopologyTypeError<'`on` gives a key of the other table, or null: its keys are of another type'>
    : SyncResult<Given, 'joinTable()'>
