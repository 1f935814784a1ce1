import type { CompiledTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { RunOptions } from './run-options.ts'

/**
 * Refuses what this version cannot run without losing state: stores live in memory and have no changelog yet, so a
 * stateful topology runs in tests and on the embedded broker, whose life is that of the process, and not on Kafka,
 * unless its stores say that they need none (`logged: false`).
 */
export function checkSupported(topology: CompiledTopology, options: RunOptions): void {
  if (topology.globalTables.length > 0) {
    throw notYet(`run() does not read global tables yet (${topology.globalTables.map((one) => one.topic).join(', ')})`)
  }
  const persistent = topology.subTopologies
    .flatMap((sub) => sub.stores)
    .filter((store) => store.storage === 'persistent')
    .map((store) => store.name)
  if (persistent.length > 0) throw notYet(`run() does not open persistent stores yet (${persistent.join(', ')})`)
  const stores = topology.subTopologies.flatMap((sub) =>
    sub.stores.filter((store) => store.isLogged).map((store) => store.name),
  )
  if (stores.length === 0 || (options.kafka === undefined && options.transport === undefined)) return
  throw notYet(`run() does not keep state on Kafka yet (stores ${stores.join(', ')})`)
}

function notYet(what: string): StreamsError {
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what,
    hint: 'Use testDriver(), or run on the embedded broker; changelogs and restore come with the distributed runtime.',
  })
}
