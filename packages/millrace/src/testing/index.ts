export { manualClock, type ManualClock } from './manual-clock.ts'
export {
  testDriver,
  type SendOptions,
  type TestDriver,
  type TestDriverOptions,
  type TestInput,
  type TestOutput,
  type TestRecord,
  type TopicRecord,
  type TopicSerdes,
} from './driver/test-driver.ts'
export { silentLogger } from './silent-logger.ts'
export {
  type FaultKind,
  type InputSource,
  type OutputCheck,
  type SeedsOptions,
  simulate,
  type SimulatedRecord,
  simulateSeeds,
  type SimulationOptions,
  type SimulationReport,
} from './simulation/index.ts'
