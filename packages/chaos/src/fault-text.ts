import type { WorkerProcess } from './workers/worker-process.ts'

const shownLines = 30

/** A fault, with the end of the log of the process that it met. */
export function faultOf(what: string, { name, log }: Pick<WorkerProcess, 'name' | 'log'>): string {
  return `${what} (worker ${name}):\n    ${log.slice(-shownLines).join('\n    ')}`
}
