import type { Observable } from 'rxjs'
import { defer, repeat, takeUntil, takeWhile } from 'rxjs'

/** What one turn of a task did. */
export interface MicroBatchResult {
  readonly taskId: string
  readonly records: number
}

/**
 * One task's micro-batches, one after the other. RxJS has no demand signal, so a batch is bounded in records, bytes
 * and age before it gets here, and `turn` is asked for the next only when the last is completely done: that is the
 * back-pressure. Ends when `turn` answers undefined; errors when it rejects.
 */
export function microBatches(
  turn: () => Promise<MicroBatchResult | undefined>,
  stop$: Observable<unknown>,
): Observable<MicroBatchResult> {
  return defer(turn).pipe(
    repeat(),
    takeWhile((result) => result !== undefined),
    takeUntil(stop$),
  )
}
