import type { PlanNode } from './nodes.ts'
import type { Optimization } from './optimization.ts'
import type { Policy } from './policy.ts'
import type { StoreSpec } from './store-spec.ts'

/** The whole truth about a topology: frozen, printable, and connected to nothing live. */
export interface Plan {
  readonly name: string
  /** Parents stand before children: an operation is written on its inputs, so a circle cannot be. */
  readonly nodes: readonly PlanNode[]
  /** Stores that processors of the user's own share, by name. */
  readonly stores: readonly StoreSpec[]
  /** What the compiler may do to make it cheaper. */
  readonly optimizations: readonly Optimization[]
  /** What happens when user code throws. */
  readonly onProcessError: Policy
}
