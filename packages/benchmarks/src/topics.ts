import { setTimeout } from 'node:timers/promises'
import kafkajs from 'kafkajs'

const { Kafka, logLevel } = kafkajs

/** Creates topics; their records stay whatever their timestamps. */
export function createTopics(brokers: readonly string[], topics: readonly string[], partitions: number): Promise<void> {
  return withAdmin(brokers, async (admin) => {
    await admin.createTopics({
      // kafkajs' own wait gives up when a broker does not know a new topic yet
      waitForLeaders: false,
      topics: topics.map((topic) => ({
        topic,
        numPartitions: partitions,
        configEntries: [{ name: 'retention.ms', value: '-1' }],
      })),
    })
    for (const topic of topics) while (!(await succeeds(() => admin.fetchTopicOffsets(topic)))) await setTimeout(20)
  })
}

export function deleteTopics(brokers: readonly string[], topics: readonly string[]): Promise<void> {
  return withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [...topics] }))
}

/** Records that stand in a topic to which nothing transactional was written. */
export function countRecords(brokers: readonly string[], topic: string): Promise<number> {
  return withAdmin(brokers, async (admin) => {
    const partitions = await admin.fetchTopicOffsets(topic)
    return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
  })
}

/** Until a fresh broker can take members of groups. */
export function untilGroupsWork(brokers: readonly string[]): Promise<void> {
  return withAdmin(brokers, async (admin) => {
    // enough names that each partition of the offsets topic is asked for
    const groups = Array.from({ length: 32 }, (_, index) => `bench-probe-${index}`)
    while (!(await succeeds(() => admin.describeGroups(groups)))) await setTimeout(100)
  })
}

async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch {
    return false
  }
}

// one per task: an idle kafkajs admin keeps a 1 ms timer, which would cost the measured side a part of a core
async function withAdmin<Result>(
  brokers: readonly string[],
  work: (admin: kafkajs.Admin) => Promise<Result>,
): Promise<Result> {
  const admin = new Kafka({ brokers: [...brokers], clientId: 'bench-admin', logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}
