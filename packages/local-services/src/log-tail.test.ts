import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { logSize, readLogSince, readLogTail } from './log-tail.ts'

const logFile = () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return join(dir, 'server.log')
}

it('reads what a log has gained', async () => {
  const file = logFile()
  writeFileSync(file, 'old\n')
  const from = await logSize(file)
  appendFileSync(file, 'new\n')
  expect(await readLogSince(file, from)).toBe('new\n')
})

it('reads all of a log that was started anew', async () => {
  const file = logFile()
  writeFileSync(file, 'new\n')
  expect(await readLogSince(file, 1000)).toBe('new\n')
})

it('reads nothing from a log that is not there', async () => {
  expect(await readLogSince(logFile(), 0)).toBe('')
  expect(await readLogTail(logFile(), 5)).toEqual([])
})

it('reads the last lines', async () => {
  const file = logFile()
  writeFileSync(file, 'a\nb\n\nc\n')
  expect(await readLogTail(file, 3)).toEqual(['b', 'c'])
})
