import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTable } from 'millrace'
import { findFreePorts } from '@millrace/local-services'
import { describeWithServers } from '@millrace/local-services/server-tests'
import { expect, it } from 'vitest'
import { movieRatingsTable } from '../../src/movie-ratings-table.ts'

const program = fileURLToPath(new URL('../../dist/pipeline.js', import.meta.url))

/** The pipeline as a user starts it, and everything it has written. */
function pipeline(brokers: readonly string[], contactPoints: readonly string[], ...args: readonly string[]) {
  const servers = ['--brokers', brokers.join(','), '--contact-points', contactPoints.join(',')]
  const child = spawn(process.execPath, [program, ...servers, ...args])
  const run = { output: '', child, exited: new Promise<number | null>((resolve) => child.on('close', resolve)) }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (run.output += String(chunk)))
  return run
}

it('ends with exit code 1 and the addresses when no server answers', async () => {
  const ports = await findFreePorts('127.0.0.1', 2)
  const [kafka = '', cassandra = ''] = ports.map((port) => `127.0.0.1:${port}`)
  const run = pipeline([kafka], [cassandra])
  expect(await run.exited).toBe(1)
  expect(run.output).toContain(kafka)
  expect(run.output).toContain(cassandra)
  // a message, not a stack trace
  expect(run.output).not.toMatch(/^ +at /m)
}, 30_000)

describeWithServers('the pipeline as a program', ({ kafka, cassandra }) => {
  it('commits and ends with exit code 0 at SIGTERM', async () => {
    await createTable(movieRatingsTable, { cassandra })
    const run = pipeline(kafka.brokers, cassandra.contactPoints, '--create-topics')
    await expect.poll(() => run.output, { timeout: 30_000 }).toContain('Assigned')
    run.child.kill('SIGTERM')
    expect(await run.exited).toBe(0)
    expect(run.output).toContain('Ended: ')
  })
})
