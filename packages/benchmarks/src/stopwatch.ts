import { readFileSync } from 'node:fs'

/** What one measured interval of this process took. */
export interface Measured {
  readonly records: number
  readonly wallMs: number
  /** CPU time of the whole process, all its threads, within the interval. */
  readonly cpuMs: number
  /** Highest resident memory of the process so far, warm-up included. */
  readonly peakRssMb: number
}

/** Starts to measure this process; the result stops and reads. */
export function startStopwatch(): (records: number) => Measured {
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  return (records) => {
    const wallMs = performance.now() - startedMs
    const { user, system } = process.cpuUsage(cpu)
    return { records, wallMs, cpuMs: (user + system) / 1000, peakRssMb: peakRssMb() }
  }
}

function peakRssMb(): number {
  // Linux hands a parent's peak on to its children in ru_maxrss; VmHWM is of this program alone.
  if (process.platform === 'linux') {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) / 1024
  }
  return process.resourceUsage().maxRSS / 1024
}
