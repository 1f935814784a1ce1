export type { BrokerFault, BrokerFaults, BrokerRequest } from './broker-faults.ts'
export { embedded, type EmbeddedOptions, type EmbeddedServer } from './embedded-server.ts'
export type { RetainRecords, TopicOptions } from './topic-log.ts'
