import type { ForeignKeyJoinNode } from './join-nodes.ts'
import type { NodeFields } from './nodes.ts'

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

/** What runs a foreign-key join. */
export type ForeignKeyNode = SubscriptionSendNode | SubscriptionJoinNode | ResponseJoinNode
