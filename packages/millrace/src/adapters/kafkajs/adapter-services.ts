import type { Clock, Logger } from '../../ports/index.ts'
import type { KafkaSettings } from './options.ts'

/** What everything in this adapter is made with. */
export interface AdapterServices {
  readonly settings: KafkaSettings
  readonly clock: Clock
  readonly logger: Logger
}
