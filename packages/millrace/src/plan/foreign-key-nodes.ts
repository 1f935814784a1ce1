import type { Serde } from '../serde/serde.ts'
import type { ForeignKeyJoinNode } from './join-nodes.ts'
import type { NodeFields, RepartitionNode } from './nodes.ts'
import type { KeyValueStoreSpec } from './store-spec.ts'

/** Parent: the left table. Sends each row's subscription to the partition of the right row that it names. */
export interface SubscriptionSendNode
  extends
    NodeFields,
    Pick<ForeignKeyJoinNode, 'type' | 'foreignKey' | 'leftKeySerde' | 'leftValueSerde' | 'rightKeySerde'> {
  readonly kind: 'subscription-send'
}

/** Parents: the subscriptions, the right table. Answers subscriptions, and again whenever the right row changes. */
export interface SubscriptionJoinNode
  extends NodeFields, Pick<ForeignKeyJoinNode, 'rightKeySerde' | 'rightValueSerde' | 'subscriptionStore'> {
  readonly kind: 'subscription-join'
}

/** Parents: the answers, the left table. Joins answers to rows that are still what they were when they asked. */
export interface ResponseJoinNode
  extends
    NodeFields,
    Pick<
      ForeignKeyJoinNode,
      | 'type'
      | 'select'
      | 'leftKeySerde'
      | 'leftValueSerde'
      | 'rightValueSerde'
      | 'store'
      | 'isMaterialized'
      | 'sendsOldValues'
      | 'cacheBytes'
    > {
  readonly kind: 'response-join'
}

/** The answers' way back: to the partition that asked, whatever the left table is partitioned by. */
export interface SubscriptionResponseNode extends RepartitionNode {
  readonly partitionOf: (key: never, value: never) => number
}

/** What runs a foreign-key join. */
export type ForeignKeyNode = SubscriptionSendNode | SubscriptionJoinNode | ResponseJoinNode

/** Left keys and right rows travel as the bytes that their serdes wrote. */
export type SubscriptionStoreSpec = KeyValueStoreSpec & {
  readonly keySerde: Serde<Buffer>
  readonly valueSerde: Serde<Buffer>
}
