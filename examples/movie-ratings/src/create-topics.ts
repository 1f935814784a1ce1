import type { Transport } from 'millrace/ports'
import { invalidTopic, ratingsTopic } from './topics.ts'

/** Creates the topics of the example where they do not exist. */
export function createTopics(transport: Transport): Promise<void> {
  return transport.admin.createTopics([
    { topic: ratingsTopic, partitions: 3 },
    { topic: invalidTopic, partitions: 1 },
  ])
}
