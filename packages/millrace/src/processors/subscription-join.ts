import type { SubscriptionJoinNode } from '../plan/foreign-key-nodes.ts'
import type { KeyValueStore } from '../ports/state-store.ts'
import type { Subscription, SubscriptionAnswer } from '../serde/subscription.ts'
import { subscriptionKey, subscriptionPrefix } from '../serde/subscription-key.ts'
import type { Change } from './change.ts'
import type { Forward, ProcessorServices } from './processor.ts'

const hashBytes = 16

/** The right side of a foreign-key join: keeps who asked for which row, and answers. */
export function subscriptionJoin(
  node: SubscriptionJoinNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const store: KeyValueStore<unknown, unknown> = services.store(node.subscriptionStore)
  return [
    fromLeft(node, store as KeyValueStore<Buffer, Buffer>, forward, services),
    fromRight(node, store as KeyValueStore<Buffer, Buffer>, forward, services),
  ]
}

function fromLeft(
  node: SubscriptionJoinNode,
  store: KeyValueStore<Buffer, Buffer>,
  forward: Forward,
  services: ProcessorServices,
): Forward {
  const { id, rightKeySerde, rightValueSerde } = node
  const right = services.view(node.parents[1]!)
  return (key, value, timestamp) => {
    const { instruction, hash, partition, primaryKey } = value as Subscription
    const isKeyless = key === null || key === undefined
    const isDelete = instruction === 'delete' || instruction === 'delete-and-answer'
    if (!isKeyless) {
      const at = subscriptionKey(rightKeySerde.serialize(key, id) ?? Buffer.alloc(0), primaryKey)
      store.put(at, isDelete || hash === null ? null : subscriber(hash, partition))
    }
    if (instruction === 'delete') return
    const found = isKeyless ? undefined : right.get(key)
    if (found === undefined && instruction === 'answer-if-found') return
    let row: Buffer | null
    try {
      row = found === undefined || isDelete ? null : rightValueSerde.serialize(found.value, id)
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    const answer: SubscriptionAnswer = { hash, partition, row }
    forward(primaryKey, answer, found === undefined ? timestamp : Math.max(timestamp, found.timestamp))
  }
}

function fromRight(
  node: SubscriptionJoinNode,
  store: KeyValueStore<Buffer, Buffer>,
  forward: Forward,
  services: ProcessorServices,
): Forward {
  const { id, rightKeySerde, rightValueSerde } = node
  const dropped = services.counter('records-dropped', id)
  const right = services.view(node.parents[1]!)
  return (key, value, timestamp) => {
    const { newValue, isLatest } = value as Change
    if (!isLatest && right.isVersioned) {
      dropped.value++
      return
    }
    let prefix: Buffer
    let row: Buffer | null
    try {
      prefix = subscriptionPrefix(rightKeySerde.serialize(key, id) ?? Buffer.alloc(0))
      row = newValue === null ? null : rightValueSerde.serialize(newValue, id)
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    for (const [at, asked] of store.prefixScan(prefix)) {
      const answer = { hash: asked.subarray(0, hashBytes), partition: asked.readInt32BE(hashBytes), row }
      forward(at.subarray(prefix.length), answer, timestamp)
    }
  }
}

/** A subscription as the store keeps it: the hash, then the partition. */
function subscriber(hash: Buffer, partition: number): Buffer {
  const bytes = Buffer.allocUnsafe(hashBytes + 4)
  hash.copy(bytes, 0)
  bytes.writeInt32BE(partition, hashBytes)
  return bytes
}
