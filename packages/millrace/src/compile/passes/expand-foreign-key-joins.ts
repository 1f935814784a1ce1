import type { ForeignKeyJoinNode, NodeFields, PlanNode, RepartitionNode } from '../../plan/index.ts'
import { bytes } from '../../serde/bytes.ts'
import { subscription, subscriptionAnswer, type SubscriptionAnswer } from '../../serde/subscription.ts'

type Placed<Node extends NodeFields> = Omit<Node, keyof NodeFields>

/**
 * Replaces every foreign-key join by what runs it: subscriptions go to the right side's partitions, answers come back to
 * the left side's, and the last node, which keeps the join's id, makes the result.
 */
export function expandForeignKeyJoins(nodes: readonly PlanNode[]): readonly PlanNode[] {
  return nodes.flatMap((node) => (node.kind === 'foreign-key-join' ? expanded(node) : [node]))
}

function expanded(node: ForeignKeyJoinNode): readonly PlanNode[] {
  const { id, type, foreignKey, leftKeySerde, leftValueSerde, rightKeySerde, rightValueSerde } = node
  const left = node.parents[0]!
  const right = node.parents[1]!
  const at = (own: string, ...parents: string[]): NodeFields => ({
    id: own,
    parents: Object.freeze(parents),
    ...(node.callSite === undefined ? {} : { callSite: node.callSite }),
  })
  const ids = {
    send: `${id}/send`,
    sent: `${id}/registration`,
    join: `${id}/subscriptions`,
    answered: `${id}/response`,
  }
  const subscriptionStore = Object.freeze({ ...node.subscriptionStore, keySerde: bytes(), valueSerde: bytes() })
  const { select, store, isMaterialized, cacheBytes } = node
  const old = node.sendsOldValues === undefined ? {} : { sendsOldValues: node.sendsOldValues }
  const result = {
    type,
    select,
    leftKeySerde,
    leftValueSerde,
    rightValueSerde,
    store,
    isMaterialized,
    cacheBytes,
    ...old,
  }
  const all: readonly PlanNode[] = [
    { kind: 'subscription-send', type, foreignKey, leftKeySerde, leftValueSerde, rightKeySerde, ...at(ids.send, left) },
    { ...registration(node), ...at(ids.sent, ids.send) },
    { kind: 'subscription-join', rightKeySerde, rightValueSerde, subscriptionStore, ...at(ids.join, ids.sent, right) },
    { ...response(node), ...at(ids.answered, ids.join) },
    { kind: 'response-join', ...result, ...at(id, ids.answered, left) },
  ]
  return all.map((one) => Object.freeze(one))
}

function registration({ id, type, rightKeySerde }: ForeignKeyJoinNode): Placed<RepartitionNode> {
  return {
    kind: 'repartition',
    name: `${topicSafe(id)}-subscription-registration`,
    keySerde: rightKeySerde,
    valueSerde: subscription,
    isImplicit: false,
    // a left join asks with no key at all for the empty answer
    keepsNullKeys: type === 'left',
  }
}

function response({ id }: ForeignKeyJoinNode): Placed<RepartitionNode> {
  return {
    kind: 'repartition',
    name: `${topicSafe(id)}-subscription-response`,
    keySerde: bytes(),
    valueSerde: subscriptionAnswer,
    isImplicit: false,
    keepsNullKeys: false,
    partitioner: (_key: never, answer: SubscriptionAnswer) => answer.partition,
  }
}

function topicSafe(id: string): string {
  return id.replace(/[^a-zA-Z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')
}
