import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile, type CompiledTopology } from '../../compile/index.ts'
import type { Topology } from '../../dsl/index.ts'
import type { Guarantee } from '../../runtime/run-options.ts'
import { differences, outputDifferences } from './compare.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import { inexactStores, type OutputCheck, outputChecks } from './output-checks.ts'
import { preloaded } from './preloaded-lookups.ts'
import { Random } from './random.ts'
import { drawInputs, type InputSource } from './simulated-input.ts'
import { Simulation, type SimulationRun, type SimulationSetup } from './simulation.ts'
import type { WrapTransport } from './simulated-process.ts'
import { simulationFailed } from './simulation-failed.ts'

/** What a simulation runs with. What is left out, the seed decides. */
export interface SimulationOptions {
  /** A whole number: the same one gives the same run, to the last step. */
  readonly seed: number
  /** By topic: records to choose from, or what makes one. Every input of the topology needs some. */
  readonly inputs?: Readonly<Record<string, InputSource>>
  /** Records for each input topic. Default 40. */
  readonly records?: number
  /** Partitions of the topics. Default: 1 to 3. */
  readonly partitions?: number
  /** Processes at the start. Default: 1 to 3. */
  readonly instances?: number
  /** Default: one of the two. */
  readonly guarantee?: Guarantee
  /** Default: 0 or 1. */
  readonly standbyReplicas?: number
  /** The faults that may happen; of these the seed chooses. Default: all. */
  readonly faults?: readonly FaultKind[]
  /** By topic: how its records are compared. Default: 'records' where the order of one input decides them, else 'none'. */
  readonly outputs?: Readonly<Record<string, OutputCheck>>
  /** What to run for the same again; part of the message of a failure. */
  readonly command?: string
}

export interface SimulationReport {
  readonly seed: number
  readonly guarantee: Guarantee
  /** Faults that could happen in this run. */
  readonly faults: readonly FaultKind[]
  readonly crashes: number
  /** How long it was, on its own clock. */
  readonly virtualMs: number
}

/** What only tests of the simulation itself change. */
export interface SimulationHooks {
  readonly wrapTransport: WrapTransport
}

/**
 * Runs a topology as several processes of the real runtime, on an embedded broker and a clock of its own, under faults
 * that the seed chooses; lets it come to rest, and compares state, tables and outputs with a run without faults. Takes no
 * real time. Rejects with SIMULATION_FAILED: its message has the seed, what differs, and the last steps.
 */
export function simulate(topology: Topology, options: SimulationOptions): Promise<SimulationReport> {
  return simulateWith(topology, options, { wrapTransport: (transport) => transport })
}

export async function simulateWith(
  topology: Topology,
  options: SimulationOptions,
  hooks: SimulationHooks,
): Promise<SimulationReport> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-simulation-'))
  try {
    const compiled = compile(await preloaded(topology.plan))
    const setup = drawSetup(compiled, options, folder, hooks)
    const calm = await new Simulation(withoutFaults(setup)).run()
    const simulation = new Simulation(setup)
    const run = await simulation.run().catch((thrown: unknown) => thrown as Error)
    const found = run instanceof Error ? run : whatDiffers(setup, options, calm, run)
    if (run instanceof Error || found instanceof Error || found.length > 0) {
      throw simulationFailed(topology, options, setup, found, simulation.steps)
    }
    const { kinds, crashes, virtualMs } = run
    return { seed: options.seed, guarantee: setup.guarantee, faults: kinds, crashes, virtualMs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function drawSetup(
  topology: CompiledTopology,
  options: SimulationOptions,
  folder: string,
  hooks: SimulationHooks,
): SimulationSetup {
  const random = new Random(options.seed)
  const partitions = options.partitions ?? random.between(1, 3)
  return {
    topology,
    seed: options.seed,
    sent: drawInputs(topology, options.inputs ?? {}, options.records ?? 40, partitions, random),
    partitions,
    guarantee: options.guarantee ?? random.pick(['at-least-once', 'exactly-once']),
    instances: options.instances ?? random.between(1, 3),
    standbyReplicas: options.standbyReplicas ?? random.between(0, 1),
    commitEveryMs: random.pick([100, 300, 1_000, 3_000]),
    microBatchRecords: random.pick([1, 3, 1_000]),
    faults: options.faults ?? faultKinds,
    folder: join(folder, 'faults'),
    wrapTransport: hooks.wrapTransport,
  }
}

function withoutFaults(setup: SimulationSetup): SimulationSetup {
  const folder = join(setup.folder, '..', 'calm')
  return { ...setup, instances: 1, standbyReplicas: 0, faults: [], folder, wrapTransport: (transport) => transport }
}

function whatDiffers(
  setup: SimulationSetup,
  options: SimulationOptions,
  calm: SimulationRun,
  { observed, restored }: SimulationRun,
): readonly string[] {
  const { topology, partitions, guarantee } = setup
  const isExact = guarantee === 'exactly-once'
  const checks = new Map([...outputChecks(topology, partitions), ...Object.entries(options.outputs ?? {})])
  const skipped = isExact ? new Set<string>() : inexactStores(topology)
  const exact = (stores: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> =>
    new Map([...stores].filter(([name]) => !skipped.has(name.slice(0, name.indexOf(' of ')))))
  const expected = exact(calm.observed.stores)
  return [
    ...differences('store', expected, exact(observed.stores)),
    ...differences('restored store', expected, exact(restored)),
    ...differences('table', calm.observed.tables, observed.tables),
    ...[...checks].flatMap(([topic, check]) =>
      outputDifferences(topic, check, isExact, calm.observed.outputs, observed.outputs),
    ),
  ]
}
