import {
  calendar,
  hopping,
  hours,
  json,
  minutes,
  seconds,
  session,
  sliding,
  topology,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
} from 'millrace'
import { z } from 'zod'

const Reading = z.object({ celsius: z.number() })

// #region tumbling
export const hourly = topology('hourly', (t) => {
  t.source('readings', { value: json(Reading) })
    .groupByKey()
    .windowedBy(tumbling(hours(1), { grace: minutes(5) }))
    .aggregate({
      store: 'hourly',
      init: () => ({ count: 0, sum: 0 }),
      add: (seen, reading) => ({ count: seen.count + 1, sum: seen.sum + reading.celsius }),
      onLate: ({ key, timestamp }) => console.warn(`late: ${key} at ${timestamp}`),
    })
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value: { from: key.window.start, mean: value.sum / value.count } }))
    .to('hourly')
})
// #endregion

// #region kinds
export const kinds = topology('kinds', (t) => {
  const bySensor = t.source('readings', { value: json(Reading) }).groupByKey()
  const moving = bySensor.windowedBy(hopping(hours(1), { advance: minutes(15) })).count()
  const close = bySensor.windowedBy(sliding(minutes(10), { grace: minutes(1) })).count()
  const visits = bySensor.windowedBy(session(minutes(30))).count()
  const days = bySensor.windowedBy(calendar('day', { zone: 'Europe/Athens' })).count()
  for (const [name, table] of Object.entries({ moving, close, visits, days })) {
    table
      .toStream()
      .map(({ key, value }) => ({ key: key.key, value: { ...key.window, count: value } }))
      .to(name)
  }
})
// #endregion

// #region once
export const once = topology('once', (t) => {
  t.source('readings', { value: json(Reading) })
    .groupByKey()
    .windowedBy(tumbling(hours(1), { grace: minutes(5) }))
    .count({ emit: 'on-window-close', closeOnIdle: minutes(10) })
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value: { from: key.window.start, count: value } }))
    .to('once')
})
// #endregion

// #region suppress
export const suppressed = topology('suppressed', (t) => {
  const counts = t
    .source('readings', { value: json(Reading) })
    .groupByKey()
    .windowedBy(tumbling(hours(1), { grace: minutes(5) }))
    .count()
  counts
    .suppress(untilWindowCloses())
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value }))
    .to('final')
  counts
    .suppress(untilTimeLimit(seconds(10), { maxRecords: 10_000 }))
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value }))
    .to('calmer')
})
// #endregion

// #region by-hour
export const byHour = topology('by-hour', (t) => {
  t.source('readings', { value: json(Reading) })
    .windowByHour({ zone: 'Europe/Athens', as: 'hour' })
    .to('readings.by-hour') // { celsius: 21.5, hour: '2025-03-27 11:00' }
})
// #endregion
