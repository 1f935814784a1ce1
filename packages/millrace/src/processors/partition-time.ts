import type { RecordTime } from '../ports/record.ts'
import type { ProcessorServices } from './processor.ts'

/** What a source knows of the time of one partition; one object that moves with the records. */
export class PartitionTime implements RecordTime {
  timestamp = -1
  partitionTime = -1
  readonly #services: Pick<ProcessorServices, 'nowMs'>

  constructor(services: Pick<ProcessorServices, 'nowMs'>) {
    this.#services = services
  }

  get wallClock(): number {
    return this.#services.nowMs()
  }
}
