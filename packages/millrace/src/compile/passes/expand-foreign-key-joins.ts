import type { SubscriptionResponseNode } from '../../plan/foreign-key-nodes.ts'
import type { ForeignKeyJoinNode, KeyValueStoreSpec, PlanNode, RepartitionNode } from '../../plan/index.ts'
import { bytes } from '../../serde/bytes.ts'
import { subscription, subscriptionAnswer, type SubscriptionAnswer } from '../../serde/subscription.ts'
import type { Serde } from '../../serde/serde.ts'

/**
 * Replaces every foreign-key join by what runs it: subscriptions go to the right side's partitions, answers come back to
 * the left side's, and the last node, which keeps the join's id, makes the result.
 */
export function expandForeignKeyJoins(nodes: readonly PlanNode[]): readonly PlanNode[] {
  return nodes.flatMap((node) => (node.kind === 'foreign-key-join' ? expanded(node) : [node]))
}

function expanded(node: ForeignKeyJoinNode): readonly PlanNode[] {
  const { id, type, select, foreignKey, store, isMaterialized, cacheBytes, callSite } = node
  const { leftKeySerde, leftValueSerde, rightKeySerde, rightValueSerde } = node
  const left = node.parents[0]!
  const right = node.parents[1]!
  const site = callSite === undefined ? {} : { callSite }
  const name = id.replace(/[^a-zA-Z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')
  const ids = {
    send: `${id}/send`,
    sent: `${id}/registration`,
    join: `${id}/subscriptions`,
    answered: `${id}/response`,
  }
  const registration: Omit<RepartitionNode, 'id' | 'parents'> = {
    kind: 'repartition',
    name: `${name}-subscription-registration`,
    keySerde: rightKeySerde,
    valueSerde: subscription as Serde<unknown>,
    isImplicit: false,
    // a left join asks with no key at all for the empty answer
    keepsNullKeys: type === 'left',
    ...site,
  }
  const response: Omit<SubscriptionResponseNode, 'id' | 'parents'> = {
    kind: 'repartition',
    name: `${name}-subscription-response`,
    keySerde: bytes() as Serde<unknown>,
    valueSerde: subscriptionAnswer as Serde<unknown>,
    isImplicit: false,
    keepsNullKeys: false,
    partitionOf: (_key: never, answer: SubscriptionAnswer) => answer.partition,
    ...site,
  }
  const subscriptionStore = { ...node.subscriptionStore, keySerde: bytes(), valueSerde: bytes() } as KeyValueStoreSpec
  const sending = { kind: 'subscription-send', type, foreignKey, leftKeySerde, leftValueSerde, rightKeySerde } as const
  const result = {
    type,
    select,
    leftKeySerde,
    leftValueSerde,
    rightValueSerde,
    store,
    isMaterialized,
    cacheBytes,
  } as const
  const old = node.sendsOldValues === undefined ? {} : { sendsOldValues: node.sendsOldValues }
  return [
    frozen({ ...sending, id: ids.send, parents: [left], ...site }),
    frozen({ ...registration, id: ids.sent, parents: [ids.send] }),
    frozen({
      kind: 'subscription-join',
      id: ids.join,
      parents: [ids.sent, right],
      rightKeySerde,
      rightValueSerde,
      subscriptionStore: Object.freeze(subscriptionStore),
      ...site,
    }),
    frozen({ ...response, id: ids.answered, parents: [ids.join] }),
    frozen({ kind: 'response-join', id, parents: [ids.answered, left], ...result, ...old, ...site }),
  ]
}

function frozen(node: PlanNode): PlanNode {
  return Object.freeze({ ...node, parents: Object.freeze([...node.parents]) })
}
