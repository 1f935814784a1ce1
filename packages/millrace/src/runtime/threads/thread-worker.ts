import { parentPort, workerData } from 'node:worker_threads'
import { StreamsError } from '../../errors/index.ts'
import type { Plan } from '../../plan/index.ts'
import type { App } from '../app.ts'
import { run } from '../run.ts'
import { type FromThread, type ThreadData, type ToThread, writeError } from './thread-messages.ts'

// The entry of a thread: one app, told what to do by messages.

const { module, export: exported, options } = workerData as ThreadData

function tell(message: FromThread): void {
  parentPort!.postMessage(message)
}

async function loadTopology(): Promise<{ readonly plan: Plan }> {
  const loaded = (await import(module)) as Readonly<Record<string, unknown>>
  const found = loaded[exported]
  if (typeof found === 'object' && found !== null && 'plan' in found) return found as { readonly plan: Plan }
  throw new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: `'${module}' exports no topology by the name '${exported}'`,
    hint: 'Give run() { module, export } of a module that exports what topology() made.',
  })
}

async function answer(id: number, app: App, kind: 'caught-up' | 'counters'): Promise<void> {
  try {
    if (kind === 'caught-up') await app.caughtUp()
    tell({ kind: 'answer', id, counters: app.metrics().counters })
  } catch (thrown) {
    tell({ kind: 'answer', id, error: writeError(thrown) })
  }
}

try {
  const app = await run(await loadTopology(), { ...options, signals: false })
  app.state$.subscribe((state) => tell({ kind: 'state', state }))
  parentPort!.on('message', (message: ToThread) => {
    if (message.kind === 'close') app.close().catch(() => {}) // told by `closed`
    else void answer(message.id, app, message.kind)
  })
  tell({ kind: 'started' })
  await app.closed
  tell({ kind: 'closed' })
} catch (thrown) {
  tell({ kind: 'closed', error: writeError(thrown) })
} finally {
  parentPort!.close()
}
