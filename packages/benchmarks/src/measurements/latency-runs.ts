import { invalidTopic } from '@millrace/example-movie-ratings'
import type { Bench } from '../measurement.ts'
import type { Destination, Latencies } from '../sides/latency-probe.ts'
import type { Measured } from '../stopwatch.ts'
import { partitions } from '../topic-set.ts'
import { createTopics, deleteTopics } from '../topics.ts'

export interface LatencyLoad {
  readonly recordsPerSecond: number
  readonly warmUpRecords: number
  readonly records: number
}

export interface LatencyRun {
  readonly latencies: Latencies
  /** What the process in between used; there is none where nothing is in between. */
  readonly measured?: Measured
}

export interface LatencyContender {
  readonly name: string
  readonly goals: readonly (readonly [percent: number, mostMs: number])[]
  run(load: LatencyLoad): Promise<LatencyRun>
}

type Side = 'bare-follow' | 'millrace-follow'

export async function latencyContenders(bench: Bench, keyspace: string): Promise<readonly LatencyContender[]> {
  const brokers = await bench.servers.brokers()
  const cassandra = await bench.servers.cassandra()
  await createTopics(brokers, [invalidTopic], 1)
  const table = (): Destination => ({ kind: 'table', cassandra, keyspace, table: 'ratings' })
  const topic = (name: string): Destination => ({ kind: 'topic', topic: name, groupId: bench.uniqueName('probe') })
  const through = async (side: Side, to: 'topic' | 'table', load: LatencyLoad): Promise<LatencyRun> => {
    const [input, output] = [bench.uniqueName('in'), bench.uniqueName('out')]
    await createTopics(brokers, [input, output], partitions)
    const destination = to === 'topic' ? topic(output) : table()
    const groupId = bench.uniqueName('group')
    const follower = bench.children.start(side, { brokers, topic: input, groupId, destination })
    await follower.ready
    const probe = bench.children.run('latency-probe', { brokers, topic: input, destination, ...load })
    // a follower that dies ends the run; the probe would wait in vain
    const latencies = await Promise.race([probe, follower.result.then(() => probe)])
    const measured = await follower.stop()
    await deleteTopics(brokers, [input, output])
    return { latencies, measured }
  }
  const alone = async (load: LatencyLoad): Promise<LatencyRun> => {
    const input = bench.uniqueName('in')
    await createTopics(brokers, [input], partitions)
    const destination = topic(input)
    const latencies = await bench.children.run('latency-probe', { brokers, topic: input, destination, ...load })
    await deleteTopics(brokers, [input])
    return { latencies }
  }
  return [
    { name: 'topic alone, nothing in between', goals: [], run: alone },
    { name: 'bare kafkajs, to a topic', goals: [], run: (load) => through('bare-follow', 'topic', load) },
    {
      name: 'millrace, to a topic',
      goals: [
        [50, 10],
        [99, 50],
      ],
      run: (load) => through('millrace-follow', 'topic', load),
    },
    { name: 'bare drivers, to the table', goals: [], run: (load) => through('bare-follow', 'table', load) },
    { name: 'millrace, to the table', goals: [], run: (load) => through('millrace-follow', 'table', load) },
  ]
}
