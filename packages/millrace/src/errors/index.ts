export { errorCodes, type ErrorCode } from './codes.ts'
export { messageOf, StreamsError, type ErrorContext, type StreamsErrorOptions } from './streams-error.ts'
export { StartupError, type StartupFault } from './startup-error.ts'
export type { Synchronous, TopologyTypeError } from './topology-type-error.ts'
