import type { Rule } from './compare-step.ts'

/** A record as the case files write it: everything is text, and `null` stands for itself. */
export interface CaseRecord {
  readonly topic: string
  readonly key: string | null
  readonly value: string | null
  /** ms */
  readonly timestamp: number
  readonly headers: readonly CaseHeader[]
}

export interface CaseHeader {
  readonly name: string
  readonly value: string
}

/** What is done to the driver. */
export type Action =
  | { readonly kind: 'send'; readonly record: CaseRecord }
  | { readonly kind: 'advance'; readonly byMs: number }

/** An action, and the records that it must bring. */
export interface ActionStep {
  readonly kind: 'action'
  readonly line: number
  readonly action: Action
  readonly outputs: readonly CaseRecord[]
  /** The reference throws this; the case ends here. */
  readonly throws?: string
}

/** What a store or a metric must hold at this point. */
export interface CheckStep {
  readonly kind: 'check'
  readonly line: number
  readonly check: Check
}

export type Check =
  | { readonly kind: 'kv-store'; readonly store: string; readonly content: readonly string[] }
  | { readonly kind: 'window-store'; readonly store: string; readonly content: readonly string[] }
  | {
      readonly kind: 'session-store'
      readonly store: string
      readonly key: string
      readonly content: readonly string[]
    }
  | { readonly kind: 'versioned'; readonly store: string; readonly call: VersionedCall; readonly result: string }
  | { readonly kind: 'metric'; readonly metric: string; readonly value: number }

export type VersionedCall =
  | { readonly method: 'put'; readonly key: string; readonly value: string | null; readonly timestamp: number }
  | { readonly method: 'get'; readonly key: string; readonly asOf?: number }
  | { readonly method: 'delete'; readonly key: string; readonly timestamp: number }

export type Step = ActionStep | CheckStep

export interface ConformanceCase {
  readonly id: string
  /** One sentence, in our words. */
  readonly title: string
  readonly file: string
  /** Differences that the reference's own notes call legitimate here. Exact equality is tried first. */
  readonly allows: readonly Rule[]
  /** Why the case is not run. */
  readonly skip?: string
  readonly steps: readonly Step[]
}
