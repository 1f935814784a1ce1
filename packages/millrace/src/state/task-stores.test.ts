import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { string } from '../serde/index.ts'
import { cleanUnused } from './clean-unused.ts'
import { withFolder } from './stores-under-test.ts'
import { createTaskStores } from './task-stores.ts'

const spec = {
  kind: 'key-value',
  name: 's',
  storage: 'persistent',
  isLogged: true,
  keySerde: string(),
  valueSerde: string(),
} as const
const hourMs = 3_600_000

function leave(stateFolder: string, applicationId: string, taskId: string): void {
  const stores = createTaskStores({ stateFolder, applicationId, taskId })
  const store = stores.open(spec)
  store.put('a', taskId)
  store.takeChanges()
  stores.flush(new Map([['s', Buffer.from('1')]]))
  stores.close()
}

describe('the stores of a task', () => {
  it('are in a folder of the task, which the first persistent one makes', () => {
    withFolder((stateFolder) => {
      const stores = createTaskStores({ stateFolder, applicationId: 'app', taskId: '0_1' })
      stores.open({ ...spec, storage: 'memory' })
      expect(existsSync(join(stateFolder, 'app'))).toBe(false)
      stores.open({ ...spec, name: 'other' })
      expect(readdirSync(join(stateFolder, 'app', '0_1'))).toContain('data.mdb')
      stores.close()
    })
  })

  it('stay inside the state folder, whatever the application is called', () => {
    withFolder((stateFolder) => {
      for (const applicationId of ['..', 'a/b', '.']) leave(stateFolder, applicationId, '0_0')
      expect(readdirSync(stateFolder).sort()).toEqual(['%2E', '%2E%2E', 'a%2Fb'])
    })
  })
})

describe('cleaning unused folders', () => {
  const clean = (stateFolder: string, keepTaskIds: readonly string[], nowMs: number): readonly string[] =>
    cleanUnused({ stateFolder, applicationId: 'app', keepTaskIds, olderThanMs: hourMs, nowMs })

  it('removes what is old, and neither what is kept, in use or new', () => {
    withFolder((stateFolder) => {
      for (const taskId of ['0_0', '0_1', '0_2']) leave(stateFolder, 'app', taskId)
      const inUse = createTaskStores({ stateFolder, applicationId: 'app', taskId: '0_2' })
      inUse.open(spec)
      const nowMs = Date.now()
      expect(clean(stateFolder, ['0_0'], nowMs)).toEqual([])
      expect(clean(stateFolder, ['0_0'], nowMs + 2 * hourMs)).toEqual(['0_1'])
      inUse.close()
      expect(readdirSync(join(stateFolder, 'app')).sort()).toEqual(['0_0', '0_2'])
    })
  })

  it('removes what is damaged', () => {
    withFolder((stateFolder) => {
      leave(stateFolder, 'app', '0_0')
      writeFileSync(join(stateFolder, 'app', '0_0', 'data.mdb'), 'oops')
      expect(clean(stateFolder, [], Date.now() + 2 * hourMs)).toEqual(['0_0'])
    })
  })

  it('leaves alone what is not its own', () => {
    withFolder((stateFolder) => {
      leave(stateFolder, 'app', '0_0')
      const notes = join(stateFolder, 'app', '0_0', 'notes.txt')
      writeFileSync(notes, 'mine')
      utimesSync(notes, 0, 0)
      writeFileSync(join(stateFolder, 'app', 'file'), 'mine')
      expect(clean(stateFolder, [], Date.now() + 2 * hourMs)).toEqual([])
      expect(existsSync(notes)).toBe(true)
    })
  })

  it('finds nothing where no state was ever kept', () => {
    withFolder((stateFolder) => {
      expect(clean(join(stateFolder, 'none'), [], Date.now())).toEqual([])
    })
  })
})
