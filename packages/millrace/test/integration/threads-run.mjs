// Runs the topology in two threads until it has caught up, and prints what they counted.
import { run } from 'millrace'

const brokers = process.env.THREADS_BROKERS.split(',')
const applicationId = `${process.env.THREADS_TOPIC}-app`
const module = new URL('./threads-topology.mjs', import.meta.url)
const app = await run(
  { module, export: process.argv[2] ?? 'counts' },
  { threads: 2, kafka: { brokers }, applicationId },
)
const states = []
app.state$.subscribe((state) => states.push(state))
await app.caughtUp()
const consumed = (await app.counters()).filter(({ name }) => name === 'records-consumed')
await app.close()
console.log(JSON.stringify({ consumed: consumed.reduce((sum, { value }) => sum + value, 0), states }))
