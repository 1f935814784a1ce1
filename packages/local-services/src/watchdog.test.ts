import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { watchdogScript } from './watchdog.ts'

const startWatchdog = () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-watchdog-'))
  const server = spawn('sleep', ['60'])
  const watchdog = spawn('/bin/sh', [watchdogScript, dir], { stdio: ['pipe', 'ignore', 'inherit'] })
  onTestFinished(() => {
    server.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  })
  return { dir, server, watchdog }
}

it('kills the last process it was told and deletes the folder when the pipe closes', async () => {
  const { dir, server, watchdog } = startWatchdog()
  const serverEnds = once(server, 'exit')
  const watchdogEnds = once(watchdog, 'exit')
  watchdog.stdin.write(`\n${server.pid}\n`)
  watchdog.stdin.end()
  expect((await serverEnds)[1]).toBe('SIGKILL')
  expect((await watchdogEnds)[0]).toBe(0)
  expect(existsSync(dir)).toBe(false)
})

it('kills nothing but still deletes the folder when its server is down', async () => {
  const { dir, server, watchdog } = startWatchdog()
  const watchdogEnds = once(watchdog, 'exit')
  watchdog.stdin.end(`${server.pid}\n\n`)
  await watchdogEnds
  expect(server.exitCode).toBeNull()
  expect(server.signalCode).toBeNull()
  expect(existsSync(dir)).toBe(false)
})

it('leaves process and folder alone when it is released', async () => {
  const { dir, server, watchdog } = startWatchdog()
  const watchdogEnds = once(watchdog, 'exit')
  watchdog.stdin.end(`${server.pid}\nrelease\n`)
  await watchdogEnds
  expect(server.signalCode).toBeNull()
  expect(existsSync(dir)).toBe(true)
})
