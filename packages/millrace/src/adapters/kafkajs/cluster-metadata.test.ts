import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { toleratesGaps } from './cluster-metadata.ts'
import type { ProtocolRequest } from './driver.ts'

const response = createRequire(import.meta.url)('kafkajs/src/protocol/requests/metadata/v6/response') as {
  parse: (decoded: unknown) => Promise<unknown>
}

const partition = (partitionErrorCode: number) => ({ partitionErrorCode, partitionId: 0, leader: -1 })

async function parsed(topicMetadata: readonly object[], apiKey = 3): Promise<unknown> {
  const request = { apiKey, apiVersion: 6, apiName: 'Metadata', encode: async () => null }
  const protocol: ProtocolRequest = { request, response: { decode: async () => null, parse: response.parse } }
  return toleratesGaps(protocol).response.parse({ brokers: [], topicMetadata })
}

it('leaves out topics that do not exist, and keeps partitions without a leader', async () => {
  const missing = { topicErrorCode: 3, topic: 'gone', partitionMetadata: [] }
  const offline = { topicErrorCode: 0, topic: 'offline', partitionMetadata: [partition(5)] }
  expect(await parsed([missing, offline])).toMatchObject({
    topicMetadata: [{ topic: 'offline', partitionMetadata: [{ leader: -1 }] }],
  })
})

it('leaves every other error, and every other request, to kafkajs', async () => {
  const forbidden = { topicErrorCode: 29, topic: 'a', partitionMetadata: [] }
  const offline = { topicErrorCode: 0, topic: 'offline', partitionMetadata: [partition(5)] }
  await expect(parsed([forbidden])).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' })
  await expect(parsed([offline], 1)).rejects.toMatchObject({ type: 'LEADER_NOT_AVAILABLE' })
})
