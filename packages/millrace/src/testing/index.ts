export {
  testDriver,
  type SendOptions,
  type TestDriver,
  type TestDriverOptions,
  type TestInput,
  type TestOutput,
  type TestRecord,
  type TopicRecord,
} from './driver/test-driver.ts'
export { silentLogger } from './silent-logger.ts'
