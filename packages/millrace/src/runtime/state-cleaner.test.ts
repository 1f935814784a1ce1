import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { StateCleaner } from './state-cleaner.ts'

it('removes the folders of tasks that are not here and were not written for ten minutes', () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'millrace-clean-'))
  onTestFinished(() => rmSync(stateFolder, { recursive: true, force: true }))
  for (const [task, writtenMs] of [
    ['mine', 0],
    ['moved', 0],
    ['fresh', 500_000],
  ] as const) {
    const folder = join(stateFolder, 'app', task)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'data.mdb'), 'damaged')
    for (const path of [join(folder, 'data.mdb'), folder]) utimesSync(path, writtenMs / 1000, writtenMs / 1000)
  }
  const clock = new ManualClock(1)
  const cleaner = new StateCleaner({ stateFolder, applicationId: 'app' }, clock, silentLogger, () => ['mine'])
  cleaner.start()
  clock.advance(599_000)
  expect(readdirSync(join(stateFolder, 'app')).sort()).toEqual(['fresh', 'mine', 'moved'])
  clock.advance(1_001)
  expect(readdirSync(join(stateFolder, 'app')).sort()).toEqual(['fresh', 'mine'])
  cleaner.stop()
  expect(clock.waiting).toBe(0)
})
