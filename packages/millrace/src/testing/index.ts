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
