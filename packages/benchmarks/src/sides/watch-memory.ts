/** What the process used since the watch began. */
export interface MemoryUse {
  readonly startRssMb: number
  readonly runRssMb: number
  readonly heapGrowthMb: number
}

const everyMs = 10
const megabyte = 1024 * 1024

/** Looks at the memory of this process every 10 ms. */
export function watchMemory(): { end(): MemoryUse } {
  const start = process.memoryUsage()
  let { rss, heapUsed } = start
  const look = (): void => {
    const now = process.memoryUsage()
    rss = Math.max(rss, now.rss)
    heapUsed = Math.max(heapUsed, now.heapUsed)
  }
  const timer = setInterval(look, everyMs)
  return {
    end() {
      clearInterval(timer)
      look()
      return {
        startRssMb: start.rss / megabyte,
        runRssMb: rss / megabyte,
        heapGrowthMb: (heapUsed - start.heapUsed) / megabyte,
      }
    },
  }
}
