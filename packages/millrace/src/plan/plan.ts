import type { PlanNode } from './nodes.ts'
import type { Policy } from './policy.ts'

/** The whole truth about a topology: frozen, printable, and connected to nothing live. */
export interface Plan {
  readonly name: string
  /** Parents stand before children. */
  readonly nodes: readonly PlanNode[]
  /** What happens when user code throws. */
  readonly onProcessError: Policy
}
