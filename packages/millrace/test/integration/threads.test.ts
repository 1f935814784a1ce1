import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { connectTransport } from '../../src/index.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const kafka = kafkaAddresses(inject)
const script = fileURLToPath(new URL('./threads-run.mjs', import.meta.url))
const records = 2_000

async function topicWithRecords(): Promise<string> {
  const topic = `threads-${randomUUID()}`
  const transport = await connectTransport({ kafka: { brokers: kafka.brokers }, logger: quietLogger() })
  await transport.admin.createTopics([
    { topic, partitions: 4 },
    { topic: `${topic}-out`, partitions: 4 },
  ])
  const batches = Array.from({ length: 4 }, (_, partition) => ({
    topic,
    partition,
    records: Array.from({ length: records / 4 }, (_, n) => ({
      key: Buffer.from(`k${n % 10}`),
      value: Buffer.from('1'),
      timestamp: n,
      headers: [],
    })),
  }))
  await transport.producer({ clientId: 'test' }).send(batches)
  await transport.close()
  return topic
}

async function runThreads(topic: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, THREADS_TOPIC: topic, THREADS_BROKERS: kafka.brokers.join() }
  return promisify(execFile)(process.execPath, [script, ...args], { env })
}

describe.skipIf(kafka.skipped)(`worker threads${kafka.skipped ? ` (skipped: ${kafka.skipped})` : ''}`, () => {
  it('share the tasks of an app among them, and close together', async () => {
    const { stdout } = await runThreads(await topicWithRecords())
    const { consumed, states } = JSON.parse(stdout) as { consumed: number; states: string[] }
    expect(consumed).toBe(records)
    expect(states.at(-1)).toBe('closed')
    expect(states).toContain('running')
  })

  it('say in a sentence what a module lacks', async () => {
    await expect(runThreads(await topicWithRecords(), 'nothing')).rejects.toMatchObject({
      stderr: expect.stringContaining("exports no topology by the name 'nothing'") as string,
    })
  })
})
