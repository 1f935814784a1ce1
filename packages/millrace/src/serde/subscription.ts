import { deserializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'

/**
 * What a left row of a foreign-key join asks of the right row that it names (KIP-213): `answer` always, `answer-if-found`
 * only with a row, or the end of the subscription, with an empty answer or without.
 */
export type SubscriptionInstruction = 'answer' | 'answer-if-found' | 'delete-and-answer' | 'delete'

export interface Subscription {
  readonly instruction: SubscriptionInstruction
  /** Hash of the left row; null when it is deleted. */
  readonly hash: Buffer | null
  /** The left task's partition: where the answer goes. */
  readonly partition: number
  /** The left row's key, serialised. */
  readonly primaryKey: Buffer
}

export interface SubscriptionAnswer {
  /** Of the left row that asked; an answer to an older row is stale. */
  readonly hash: Buffer | null
  readonly partition: number
  /** The right row, serialised; null for none. */
  readonly row: Buffer | null
}

const instructions: readonly SubscriptionInstruction[] = ['answer', 'answer-if-found', 'delete-and-answer', 'delete']
const hashBytes = 16
const headBytes = 5 + hashBytes
const hasHash = 0x10
const hasRow = 0x20

/** Subscriptions in their internal topic: a byte of flags, the partition, the hash, the primary key. */
export const subscription: Serde<Subscription> = {
  name: 'subscription',
  serialize: (one) => packed(instructions.indexOf(one.instruction), one.partition, one.hash, one.primaryKey),
  deserialize(bytes, topic) {
    const { flags, partition, hash, rest } = unpacked(bytes, topic)
    return { instruction: instructions[flags & 3] as SubscriptionInstruction, hash, partition, primaryKey: rest }
  },
}

/** Answers in their internal topic, like subscriptions; the right row stays as its own serde wrote it. */
export const subscriptionAnswer: Serde<SubscriptionAnswer> = {
  name: 'subscriptionAnswer',
  serialize: ({ hash, partition, row }) => packed(row === null ? 0 : hasRow, partition, hash, row),
  deserialize(bytes, topic) {
    const { flags, partition, hash, rest } = unpacked(bytes, topic)
    return { hash, partition, row: (flags & hasRow) === 0 ? null : rest }
  },
}

function packed(flags: number, partition: number, hash: Buffer | null, rest: Buffer | null): Buffer {
  const head = Buffer.alloc(headBytes)
  head[0] = hash === null ? flags : flags | hasHash
  head.writeInt32BE(partition, 1)
  hash?.copy(head, 5)
  return rest === null ? head : Buffer.concat([head, rest])
}

function unpacked(bytes: Buffer, topic: string) {
  if (bytes.length < headBytes) {
    throw deserializeFailed(topic, 'Cannot read a subscription: too short', 'Do not write to internal topics.')
  }
  const flags = bytes[0] as number
  return {
    flags,
    partition: bytes.readInt32BE(1),
    hash: (flags & hasHash) === 0 ? null : bytes.subarray(5, headBytes),
    rest: bytes.subarray(headBytes),
  }
}
