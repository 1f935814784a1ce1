export { calendarWindows, type CalendarUnit, type CalendarWindow } from './calendar-windows.ts'
export { days, hours, minutes, ms, seconds, type Duration } from './durations.ts'
export { hourBucket, type HourBucketOptions } from './hour-bucket.ts'
export { parseInstant, type InstantOptions } from './parse-instant.ts'
