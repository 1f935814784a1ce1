import { messageOf } from '../../errors/index.ts'

/** What went wrong, in a line. The driver's own message of an unreachable cluster is long; what each host said is inside. */
export function driverReason(error: unknown): string {
  const inner = (error as { innerErrors?: Readonly<Record<string, unknown>> | null } | null)?.innerErrors
  const reasons = Object.values(inner ?? {}).map(messageOf)
  return reasons.length > 0 ? [...new Set(reasons)].join('; ') : messageOf(error)
}
