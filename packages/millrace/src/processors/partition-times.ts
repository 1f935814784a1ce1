import type { RecordTime } from '../ports/record.ts'
import type { ProcessorServices } from './processor.ts'

/** What a source knows of the time of one of its topics; one object that moves with the records. */
class PartitionTime implements RecordTime {
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

/** By topic: a task reads one partition of each. */
export class PartitionTimes {
  readonly #times = new Map<string, PartitionTime>()
  readonly #services: Pick<ProcessorServices, 'nowMs'>

  constructor(services: Pick<ProcessorServices, 'nowMs'>) {
    this.#services = services
  }

  of(topic: string): PartitionTime {
    let time = this.#times.get(topic)
    if (time === undefined) this.#times.set(topic, (time = new PartitionTime(this.#services)))
    return time
  }
}
