import { StartupError, type StartupFault } from '../../errors/index.ts'
import type { Plan, PlanNode } from '../../plan/index.ts'
import type { LookupTableSpec } from '../../ports/index.ts'
import { silentLogger } from '../silent-logger.ts'

type Spec = LookupTableSpec<unknown, unknown>

/** The plan with its lookup tables read beforehand: files are no part of a simulation's time. Throws StartupError. */
export async function preloaded(plan: Plan): Promise<Plan> {
  const read = new Map<Spec, Spec>()
  const faults: StartupFault[] = []
  for (const node of plan.nodes) {
    if (node.kind !== 'join-lookup' || read.has(node.table)) continue
    const table = node.table.open(silentLogger)
    faults.push(...(await table.load()))
    table.close()
    const open: Spec['open'] = () => ({
      load: () => Promise.resolve([]),
      get: (key) => table.get(key),
      size: table.size,
      close: () => {},
    })
    read.set(node.table, { kind: node.table.kind, name: node.table.name, open })
  }
  if (faults.length > 0) throw new StartupError(plan.name, faults)
  if (read.size === 0) return plan
  const nodes = plan.nodes.map((node): PlanNode =>
    node.kind === 'join-lookup' ? { ...node, table: read.get(node.table)! } : node,
  )
  return { ...plan, nodes }
}
