/** An update of a table as it goes from operation to operation: the value of a record there. */
export interface Change {
  /** null: the row is deleted. */
  readonly newValue: unknown
  /** What it replaces; null for none, and where old values are not sent (`sendsOldValues` of the node). */
  readonly oldValue: unknown
  /** False for an out-of-order update of a versioned table: not what the key has now. */
  readonly isLatest: boolean
}

export function change(newValue: unknown, oldValue: unknown, isLatest = true): Change {
  return { newValue, oldValue, isLatest }
}
