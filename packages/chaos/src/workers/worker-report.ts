/** What a worker says on standard output, a JSON line each time. */
export type WorkerLine =
  | { readonly kind: 'state'; readonly state: string }
  | ({ readonly kind: 'report' } & WorkerReport)
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

export interface WorkerReport {
  /** Records that it has taken from topics, internal ones included. */
  readonly consumed: number
  readonly rebalances: number
  /** Records of internal topics that had been processed before and were left out. */
  readonly repeated: number
  /** Records read from changelogs, by task. */
  readonly restored: Readonly<Record<string, number>>
  readonly tasks: readonly string[]
  /** Of those, the ones whose stores are not restored yet. */
  readonly restoring: readonly string[]
  readonly lagRecords: number
  readonly rssBytes: number
}
