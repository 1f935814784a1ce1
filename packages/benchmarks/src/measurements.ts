import type { Measurement } from './measurement.ts'
import { cassandra } from './measurements/cassandra.ts'
import { consume } from './measurements/consume.ts'
import { embedded } from './measurements/embedded.ts'
import { forward } from './measurements/forward.ts'
import { inProcess } from './measurements/in-process.ts'
import { latency } from './measurements/latency.ts'
import { restore } from './measurements/restore.ts'

/** In the order in which they run. */
export const measurements: readonly Measurement[] = [consume, forward, cassandra, latency, embedded, inProcess, restore]
