import { run } from 'millrace'
import { createReadableLogger } from './cli/readable-logger.ts'
import { movieRatings } from './topology.ts'
import { readChildOptions, type PipelineReport } from './chaos/child-options.ts'

const { brokers, cassandra, everyMs, reportEveryMs, bufferRecords, closeTimeoutMs } = readChildOptions(process.argv[2])
const say = (report: PipelineReport): void => void process.stdout.write(`${JSON.stringify(report)}\n`)

try {
  const app = await run(movieRatings({ every: everyMs }), {
    kafka: { brokers, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 500 },
    cassandra,
    commit: { every: everyMs },
    buffer: { maxRecords: bufferRecords },
    closeTimeout: closeTimeoutMs,
    logger: createReadableLogger({ level: 'info', write: (line) => process.stderr.write(`${line}\n`) }),
  })
  const report = (): void => {
    const metrics = app.metrics()
    say({
      consumed: metrics.total('records-consumed'),
      written: metrics.total('rows-written'),
      retries: metrics.total('sink-retries'),
      tasks: metrics.tasks.length,
      waitingRecords: metrics.tasks.reduce((sum, task) => sum + task.waitingRecords, 0),
      pendingRows: metrics.tasks.reduce((sum, task) => sum + task.pendingRows, 0),
      rssBytes: process.memoryUsage.rss(),
    })
  }
  const timer = setInterval(report, reportEveryMs)
  await app.closed.finally(() => {
    clearInterval(timer)
    report()
  })
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exit(1)
}
