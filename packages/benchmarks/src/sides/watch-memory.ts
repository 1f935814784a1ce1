import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What the process used since the watch began. */
export interface MemoryUse {
  /** Resident memory at the start. */
  readonly startRssMb: number
  /** Highest resident memory since; garbage that was not collected yet included. */
  readonly peakRssSinceMb: number
  /** How far the heap, with buffers, rose above the start at most; without garbage where that is collected each time. */
  readonly heapGrowthMb: number
}

const megabyte = 1024 * 1024

/** Looks at the memory of this process at intervals, if wished after collecting garbage, which takes long. */
export function watchMemory(everyMs: number, isCollecting: boolean): { end(): MemoryUse } {
  const collect = garbageCollector()
  collect()
  const start = process.memoryUsage()
  let rss = start.rss
  let heap = heapOf(start)
  const look = (): void => {
    if (isCollecting) collect()
    const now = process.memoryUsage()
    rss = Math.max(rss, now.rss)
    heap = Math.max(heap, heapOf(now))
  }
  const timer = setInterval(look, everyMs)
  return {
    end() {
      clearInterval(timer)
      look()
      return {
        startRssMb: start.rss / megabyte,
        peakRssSinceMb: rss / megabyte,
        heapGrowthMb: (heap - heapOf(start)) / megabyte,
      }
    },
  }
}

function heapOf({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
