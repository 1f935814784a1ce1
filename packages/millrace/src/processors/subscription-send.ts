import type { SubscriptionSendNode } from '../plan/foreign-key-nodes.ts'
import { murmur3 } from '../serde/murmur3.ts'
import type { Subscription, SubscriptionInstruction } from '../serde/subscription.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Change } from './change.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** A foreign key with its bytes, by which it is told whether it has changed. */
interface ForeignKey {
  readonly key: unknown
  readonly bytes: Buffer
}

/** What to say to whom about one update of a left row. */
type Message = readonly [foreignKey: unknown, instruction: SubscriptionInstruction]

export function subscriptionSend(node: SubscriptionSendNode, forward: Forward, services: ProcessorServices): Forward {
  const { leftKeySerde, leftValueSerde, id } = node
  const dropped = services.counter('records-dropped', id)
  const left = services.view(node.parents[0]!)
  const partition = partitionOf(services.taskId)
  const foreignKeyOf = foreignKeys(node)
  const messagesOf = node.type === 'left' ? leftMessages : innerMessages
  return (key, value, timestamp) => {
    const { newValue, oldValue, isLatest } = value as Change
    if (!isLatest && left.isVersioned) {
      dropped.value++
      return
    }
    if (newValue === null && oldValue === null) return
    let messages: readonly Message[]
    let subscriber: Omit<Subscription, 'instruction'>
    try {
      const before = oldValue === null ? undefined : foreignKeyOf(oldValue, key)
      const now = newValue === null ? undefined : foreignKeyOf(newValue, key)
      messages = messagesOf(before, now, newValue === null)
      const row = newValue === null ? null : leftValueSerde.serialize(newValue, id)
      const primaryKey = leftKeySerde.serialize(key, id) ?? Buffer.alloc(0)
      subscriber = { hash: row === null ? null : murmur3(row), partition, primaryKey }
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    if (messages.length === 0) dropped.value++
    for (const [foreignKey, instruction] of messages) forward(foreignKey, { ...subscriber, instruction }, timestamp)
  }
}

/** Every update is answered, so that the row is joined with nothing where there is nothing. */
function leftMessages(before: ForeignKey | undefined, now: ForeignKey | undefined): readonly Message[] {
  const message: Message = [now?.key ?? null, 'answer']
  return before === undefined || isSame(before, now) ? [message] : [[before.key, 'delete-and-answer'], message]
}

/** Only what may have a result, or may have had one, is answered. A row without a foreign key is dropped. */
function innerMessages(
  before: ForeignKey | undefined,
  now: ForeignKey | undefined,
  isDeleted: boolean,
): readonly Message[] {
  if (now === undefined) return before === undefined ? [] : [[before.key, 'delete-and-answer']]
  if (isDeleted || before === undefined) return [[now.key, 'answer-if-found']]
  return isSame(before, now)
    ? [[now.key, 'answer']]
    : [
        [before.key, 'delete'],
        [now.key, 'answer'],
      ]
}

function isSame(before: ForeignKey, now: ForeignKey | undefined): boolean {
  return now !== undefined && before.bytes.equals(now.bytes)
}

function foreignKeys(node: SubscriptionSendNode): (value: unknown, key: unknown) => ForeignKey | undefined {
  const extract = node.foreignKey as UserFunction
  return (value, key) => {
    const foreignKey = extract(value, key)
    if (foreignKey instanceof Promise) throw promiseReturned('joinTable()')
    if (foreignKey === null || foreignKey === undefined) return undefined
    const bytes = node.rightKeySerde.serialize(foreignKey, node.id)
    return bytes === null ? undefined : { key: foreignKey, bytes }
  }
}

function partitionOf(taskId: string): number {
  return Number(taskId.slice(taskId.lastIndexOf('_') + 1))
}
