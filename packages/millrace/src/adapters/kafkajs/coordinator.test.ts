import { expect, it } from 'vitest'
import { findCoordinator } from './coordinator.ts'
import type { DriverBroker, DriverCluster } from './driver.ts'

const broker = (nodeId: number): DriverBroker => ({ nodeId }) as DriverBroker

/** A cluster whose first broker answers as given, and in which kafkajs' own search finds broker 9. */
function clusterAnswering(answer: () => Promise<{ coordinator: { nodeId: number } }>): DriverCluster {
  const connected = { ...broker(1), findGroupCoordinator: answer } as DriverBroker
  return {
    brokerPool: { findConnectedBroker: async () => connected },
    findBroker: async ({ nodeId }: { nodeId: number }) => broker(nodeId),
    findGroupCoordinator: async () => broker(9),
  } as unknown as DriverCluster
}

it('goes to the broker that is named', async () => {
  const cluster = clusterAnswering(async () => ({ coordinator: { nodeId: 3 } }))
  expect(await findCoordinator(cluster, 'group', 'g')).toEqual(broker(3))
})

it('tells a client without permission so, instead of asking on', async () => {
  const refusal = Object.assign(new TypeError('no'), { type: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' })
  const cluster = clusterAnswering(() => Promise.reject(refusal))
  await expect(findCoordinator(cluster, 'transaction', 'tx')).rejects.toBe(refusal)
})

it('lets kafkajs ask others when one broker does not know', async () => {
  const failure = Object.assign(new TypeError('not yet'), { type: 'GROUP_COORDINATOR_NOT_AVAILABLE' })
  const cluster = clusterAnswering(() => Promise.reject(failure))
  expect(await findCoordinator(cluster, 'group', 'g')).toEqual(broker(9))
})
