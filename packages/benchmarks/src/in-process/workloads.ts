import { hours, minutes, number, string, topology, type Topology, tumbling, windowed } from 'millrace'
import { type RecordPlan, valueOf } from './prepared-records.ts'

export type Storage = 'memory' | 'persistent'
export type WorkloadName = 'map and filter' | 'count' | 'hourly count' | 'stream–table join' | 'stream–stream join'

/** A topology, what is sent through it, and what must come of it. */
export interface Workload {
  readonly topology: Topology
  /** Read first: one record for each key, or a pair; by topic. */
  readonly filled: ReadonlyMap<string, RecordPlan>
  /** Read then, and measured. Offsets go on where the filling ended. */
  readonly measured: ReadonlyMap<string, RecordPlan>
  /** How many records come out of the records `from` to before `to`, that many for each measured topic. */
  outputsOf(from: number, to: number): number
  /** Rows, or what the rows add up to, after all records below `total`; undefined where no store is left to look at. */
  readonly expected?: { readonly store: string; sumOf(total: number): number }
}

const texts = { key: string(), value: number() } as const
const everyFilm = 7_919

/** All keys in turn, in an order that has nothing to do with their bytes. */
function keyAt(index: number, keys: number): number {
  return (index * everyFilm) % keys
}

function plan(keys: number, timestampOf: (index: number) => number): RecordPlan {
  return { keys, keyOf: (index) => keyAt(index, keys), timestampOf }
}

export const workloads: Readonly<Record<WorkloadName, (keys: number, storage: Storage, records: number) => Workload>> =
  {
    'map and filter': (keys) => {
      const records = new Map([['in', plan(keys, (index) => index)]])
      return {
        topology: topology('map-filter', (t) =>
          t
            .source('in', texts)
            .mapValues((value) => value + 1)
            .filter((value) => value % 2 === 0)
            .map(({ key, value }) => ({ key, value: value * 2 }))
            .filterNot((value) => value < 0)
            .to('out', texts),
        ),
        filled: records,
        measured: records,
        outputsOf: (from, to) => countOf(from, to, (index) => (valueOf(index) + 1) % 2 === 0),
      }
    },

    count: (keys, storage) => {
      const records = new Map([['in', plan(keys, (index) => index)]])
      return {
        topology: topology('count', (t) =>
          t.source('in', texts).groupByKey().count({ store: 'counts', storage }).toStream().to('out'),
        ),
        filled: records,
        measured: records,
        outputsOf: (from, to) => to - from,
        expected: { store: 'counts', sumOf: (total) => total },
      }
    },

    'hourly count': (keys, storage, records) => {
      // the first hour fills the store; four more pass while it is measured, one record in eight two minutes late
      const [hour, late] = [hours(1), minutes(2)]
      const timestampOf = (index: number): number => {
        const time = index < keys ? hour / 2 : hour + Math.floor(((index - keys) * 4 * hour) / records)
        return index % 8 === 0 ? time - late : time
      }
      const all = new Map([['in', plan(keys, timestampOf)]])
      const windows = tumbling(hour, { grace: minutes(5) })
      return {
        topology: topology('hourly-count', (t) =>
          t
            .source('in', texts)
            .groupByKey()
            .windowedBy(windows)
            .count({ store: 'counts', storage })
            .toStream()
            .to('out', { key: windowed(string(), { size: hour }) }),
        ),
        filled: all,
        measured: all,
        outputsOf: (from, to) => to - from,
        expected: { store: 'counts', sumOf: (total) => lastWindows(total, timestampOf, hour, minutes(5)) },
      }
    },

    'stream–table join': (keys, storage) => ({
      topology: topology('stream-table', (t) => {
        const rows = t.table('rows', { ...texts, store: 'rows', storage })
        t.source('in', texts)
          .joinTable(rows, { type: 'inner', select: (left, right) => left + right })
          .to('out', texts)
      }),
      filled: new Map([['rows', plan(keys, (index) => index)]]),
      measured: new Map([['in', plan(keys, (index) => keys + index)]]),
      outputsOf: (from, to) => to - from,
      expected: { store: 'rows', sumOf: () => countSum(keys) },
    }),

    'stream–stream join': (keys, storage) => {
      // a pair of the same key each millisecond; the next of that key is too far away to join
      const both = new Map(['left', 'right'].map((topic) => [topic, plan(keys, (index) => index)]))
      return {
        topology: topology('stream-stream', (t) => {
          t.source('left', texts)
            .joinStream(t.source('right', texts), {
              type: 'inner',
              within: Math.max(1, keys / 2 - 1),
              storage,
              select: (left, right) => left + right,
            })
            .to('out', texts)
        }),
        filled: both,
        measured: both,
        outputsOf: (from, to) => to - from,
      }
    },
  }

/** What the values of a table add up to. */
function countSum(keys: number): number {
  let sum = 0
  for (let index = 0; index < keys; index++) sum += valueOf(index)
  return sum
}

function countOf(from: number, to: number, isCounted: (index: number) => boolean): number {
  let count = 0
  for (let index = from; index < to; index++) if (isCounted(index)) count++
  return count
}

/** Records of the windows that a store still has to keep. */
function lastWindows(total: number, timestampOf: (index: number) => number, sizeMs: number, graceMs: number): number {
  const startOf = (index: number): number => Math.floor(timestampOf(index) / sizeMs) * sizeMs
  let latest = 0
  for (let index = 0; index < total; index++) latest = Math.max(latest, startOf(index))
  return countOf(0, total, (index) => startOf(index) > latest - sizeMs - graceMs)
}
