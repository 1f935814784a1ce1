import { json, keyValueStore, long, minutes, string, topology } from 'millrace'
import type { KeyValueStore, Processor, ProcessorContext } from 'millrace/ports'

interface Reading {
  readonly celsius: number
}

type Stores = { readonly latest: KeyValueStore<string, number> }

// #region processor
/** Passes readings on, and every minute names the sensors that have been silent for five. */
function watch(context: ProcessorContext<string, number, Stores>): Processor<string | null, Reading> {
  const { latest } = context.stores
  const cancel = context.schedule(minutes(1), 'wall-clock', (now) => {
    for (const [sensor, at] of latest.all()) {
      if (at < now - minutes(5)) context.forward({ key: sensor, value: at, timestamp: now }, 'silent')
    }
  })
  return {
    process({ key: sensor, value }) {
      if (sensor === null) return
      latest.put(sensor, context.wallClock)
      context.forward({ key: sensor, value: value.celsius }, 'readings')
    },
    close: cancel,
  }
}

export const sensors = topology('sensors', (t) => {
  const latest = t.store(keyValueStore({ name: 'latest', key: string(), value: long() }))
  const watched = t.source('sensors', { value: json<Reading>() }).process(watch, { stores: { latest } })
  watched.to('celsius', { name: 'readings' })
  watched.to('silent-sensors', { name: 'silent' })
})
// #endregion

// #region values
export const withOrigin = topology('with-origin', (t) => {
  t.source('sensors', { value: json<Reading>() })
    .processValues<string>((context) => ({
      process(record) {
        const { topic, partition, offset } = context.origin!
        context.forward({ key: record.key, value: `${record.value.celsius} from ${topic}-${partition}@${offset}` })
      },
    }))
    .to('with-origin')
})
// #endregion
