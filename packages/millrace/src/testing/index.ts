export {
  testDriver,
  type SendOptions,
  type TestDriver,
  type TestDriverOptions,
  type TestInput,
  type TestOutput,
  type TestRecord,
} from './driver/test-driver.ts'
export { silentLogger } from './silent-logger.ts'
