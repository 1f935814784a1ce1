import type { DriverBroker, DriverCluster } from './driver.ts'
import { failureKind } from './kafka-failure.ts'

/** Names of what has a coordinator, as FindCoordinator numbers them. */
const types = { group: 0, transaction: 1 } as const

/**
 * The broker that coordinates a group, or a transactional id. kafkajs asks several brokers and keeps what they answer
 * to itself: a client that has no permission would look for the coordinator for ever. So one is asked here first.
 */
export async function findCoordinator(
  cluster: DriverCluster,
  type: keyof typeof types,
  name: string,
): Promise<DriverBroker> {
  const request = { groupId: name, coordinatorType: types[type] }
  try {
    const broker = await cluster.brokerPool.findConnectedBroker()
    const { coordinator } = await broker.findGroupCoordinator(request)
    return await cluster.findBroker({ nodeId: coordinator.nodeId })
  } catch (thrown) {
    if (failureKind(thrown) === 'fatal') throw thrown
    return cluster.findGroupCoordinator(request)
  }
}
