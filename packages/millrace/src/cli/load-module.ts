import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Topology } from '../dsl/index.ts'
import { messageOf, StreamsError } from '../errors/index.ts'

/** The topologies that a module exports, by export name. Throws FILE_UNREADABLE or TOPOLOGY_INVALID. */
export async function loadTopologies(file: string): Promise<ReadonlyMap<string, Topology>> {
  const path = resolve(file)
  if (!existsSync(path)) {
    throw new StreamsError({
      code: 'FILE_UNREADABLE',
      what: 'No such file',
      hint: 'Name a module that exports a topology.',
      file,
    })
  }
  const exports = await importModule(path, file)
  const found = Object.entries(exports).filter((entry): entry is [string, Topology] => isTopology(entry[1]))
  if (found.length > 0) return new Map(found)
  throw new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: 'The module exports no topology',
    hint: "Export one: export default topology('name', (t) => { … }).",
    file,
  })
}

async function importModule(path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    if (cause instanceof StreamsError) throw cause
    const isTypeScript = (cause as { readonly code?: unknown }).code === 'ERR_UNKNOWN_FILE_EXTENSION'
    throw new StreamsError({
      code: 'FILE_UNREADABLE',
      what: isTypeScript ? 'This Node does not run TypeScript' : `The module cannot be loaded: ${messageOf(cause)}`,
      hint: isTypeScript
        ? 'Name the built .js file, or use Node 22.18 or later.'
        : 'See whether it runs with `node` alone.',
      file,
      cause,
    })
  }
}

function isTopology(value: unknown): value is Topology {
  return typeof value === 'object' && value !== null && 'plan' in value && 'describe' in value
}
