import { run, StreamsError } from 'millrace'
import type { App } from 'millrace'
import { chaosTopology, topicsOf } from './topologies.ts'
import { lineLogger } from './workers/line-logger.ts'
import { readWorkerOptions } from './workers/worker-options.ts'
import type { WorkerLine } from './workers/worker-report.ts'

const say = (line: WorkerLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const options = readWorkerOptions(process.argv.slice(2))
const { brokers, sessionTimeoutMs } = options

try {
  const app = await run(chaosTopology(options.topology, options.storage, topicsOf(options.applicationId)), {
    applicationId: options.applicationId,
    kafka: { brokers, sessionTimeoutMs, heartbeatIntervalMs: Math.min(500, sessionTimeoutMs / 4) },
    guarantee: options.guarantee,
    instances: options.instances,
    standbyReplicas: options.standbyReplicas,
    stateFolder: options.stateFolder,
    commit: { every: options.commitEveryMs },
    logger: lineLogger,
  })
  app.state$.subscribe((state) => say({ kind: 'state', state }))
  const timer = setInterval(() => report(app), options.reportEveryMs)
  await app.closed.finally(() => {
    clearInterval(timer)
    report(app)
  })
} catch (thrown) {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  say({ kind: 'failed', code: thrown instanceof StreamsError ? thrown.code : 'UNKNOWN', message })
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? message) : message}\n`)
  process.exit(1)
}

function report(app: App): void {
  const metrics = app.metrics()
  const restored = metrics.counters.filter(({ name }) => name === 'records-restored')
  say({
    kind: 'report',
    consumed: metrics.total('records-consumed'),
    rebalances: metrics.total('rebalances'),
    repeated: metrics.total('records-repeated'),
    restored: Object.fromEntries(restored.map(({ node, value }) => [node, value])),
    tasks: metrics.tasks.map(({ taskId }) => taskId),
    restoring: metrics.tasks.filter((task) => task.restoring !== undefined).map(({ taskId }) => taskId),
    lagRecords: metrics.tasks.reduce((sum, task) => sum + task.lagRecords, 0),
    rssBytes: process.memoryUsage.rss(),
  })
}
