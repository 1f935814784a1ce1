/** The only source of time and scheduling for everything that runs. Tests and simulations bring their own. */
export interface Clock {
  /** Wall-clock time, ms since the epoch. */
  nowMs(): number
  /** Calls `callback` once, `delayMs` from now; the result cancels it. */
  schedule(delayMs: number, callback: () => void): () => void
  /** Lets everything else that is waiting run (I/O, heartbeats) before going on. */
  yield(): Promise<void>
}
