import type { CompiledTopology } from '../compile/index.ts'
import type { StreamsError } from '../errors/index.ts'
import type { TransportProducer } from '../ports/index.ts'
import {
  createMemoryStores,
  createTaskStores,
  deleteTaskStores,
  localTasks,
  type StoreFactory,
} from '../state/index.ts'
import { GlobalTables } from './global-tables.ts'
import { Instance, type LaneOwner } from './instance.ts'
import { type Lanes, sharedLanes, TransactionalLanes } from './lanes.ts'
import type { MetricsRegistry } from './metrics-registry.ts'
import { OutputBuffer } from './output-buffer.ts'
import { sharedLane } from './output-lane.ts'
import type { Resources } from './resources.ts'
import type { FilledRunOptions } from './run-options.ts'
import { Standbys } from './standbys.ts'
import type { ChangelogReader } from './changelog-reader.ts'
import { createTaskHost } from './runtime-host.ts'
import { maxSpares } from './task-opener.ts'

export interface InstanceFactoryParts {
  readonly applicationId: string
  readonly topology: CompiledTopology
  readonly resources: Resources
  readonly partitionCounts: ReadonlyMap<string, number>
  readonly options: FilledRunOptions
  readonly metrics: MetricsRegistry
  readonly onFailed: (error: StreamsError) => void
  readonly requestCommit: () => void
}

const standbySuffix = '.standby'

/** The folder of a task, and others for when somebody else keeps that. */
const folderOf = (taskId: string, spare: number): string => (spare === 0 ? taskId : `${taskId}.${spare}`)

/** The tasks of folders: of replicas, and of tasks whose own folder somebody else keeps, as well. */
function withoutSuffix(folders: readonly string[]): readonly string[] {
  return folders.map((name) => name.replace(/(_\d+)\.(?:standby|\d+)$/, '$1'))
}

/** Makes the members of one app, which share its resources and its global tables. */
export class InstanceFactory {
  readonly globalTables: GlobalTables
  readonly #parts: InstanceFactoryParts

  constructor(parts: InstanceFactoryParts) {
    this.#parts = parts
    const { topology, applicationId, resources, partitionCounts, metrics, onFailed } = parts
    this.globalTables = new GlobalTables(topology, {
      applicationId,
      transport: resources.transport,
      stores: createMemoryStores(),
      partitionCounts,
      restored: metrics.counter('records-restored', 'global-tables'),
      dropped: metrics.counter('records-dropped', 'global-tables'),
      onFailed,
    })
  }

  create(): Instance {
    const { applicationId, topology, partitionCounts, options, resources, metrics, requestCommit } = this.#parts
    const { transport, clock, logger } = resources
    const openStores = (taskId: string, spare: number): StoreFactory => this.#openStores(folderOf(taskId, spare))
    const hostParts = { resources, metrics, globalTables: this.globalTables, openStores, requestCommit }
    return new Instance({
      applicationId,
      topology,
      options,
      transport,
      partitionCounts,
      clock,
      logger,
      metrics,
      host: (lane, standbys, spare) => createTaskHost(hostParts, lane, standbys, spare),
      localTasks: () => withoutSuffix(localTasks(options.stateFolder, applicationId)),
      wipeStores: (taskId) => this.#wipeStores(taskId),
      standbys: (reader) => this.#standbys(reader),
      lanes: (member) => this.#lanes(member),
    })
  }

  #standbys(reader: ChangelogReader): Standbys {
    const { applicationId, topology, partitionCounts, resources, options } = this.#parts
    const { transport, clock, logger } = resources
    return new Standbys({
      applicationId,
      topology,
      partitionCounts,
      admin: transport.admin,
      reader,
      clock,
      logger,
      pollMs: Math.min(5_000, Math.max(200, options.commitEveryMs / 2)),
      // a folder of its own: on one machine, another process may have the task itself
      openStores: (taskId) => this.#openStores(`${taskId}${standbySuffix}`),
    })
  }

  #lanes(member: LaneOwner): Lanes {
    const { applicationId, options, resources, onFailed } = this.#parts
    const { transport } = resources
    if (options.guarantee === 'at-least-once') {
      const producer = transport.producer({ clientId: applicationId })
      return sharedLanes(sharedLane(this.#outputs(producer, onFailed), producer, () => member.consumer()))
    }
    return new TransactionalLanes({
      transport,
      applicationId,
      createOutputs: (producer) => this.#outputs(producer, (error) => member.laneFailed(error)),
    })
  }

  #outputs(producer: Pick<TransportProducer, 'send'>, failed: (error: StreamsError) => void): OutputBuffer {
    const { partitionCounts, metrics } = this.#parts
    return new OutputBuffer(producer, partitionCounts, metrics.counter('records-produced', ''), failed)
  }

  #openStores(taskId: string): StoreFactory {
    const { applicationId, options } = this.#parts
    return createTaskStores({ stateFolder: options.stateFolder, applicationId, taskId })
  }

  /** In whichever folder they are; one that somebody else has open stays. */
  #wipeStores(taskId: string): void {
    const { applicationId, options } = this.#parts
    for (let spare = 0; spare <= maxSpares; spare++) {
      deleteTaskStores(options.stateFolder, applicationId, folderOf(taskId, spare))
    }
  }
}
