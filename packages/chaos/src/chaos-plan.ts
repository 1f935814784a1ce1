import { seededRandom } from './ratings.ts'

export type ChaosEventKind = 'kill' | 'join' | 'leave' | 'zombie' | 'broker-kill' | 'broker-pause'

/** Something that happens when the app has come so far. */
export interface ChaosEvent {
  readonly kind: ChaosEventKind
  /** Committed ratings at which it is due. */
  readonly atRecords: number
  /** By chance: how long after that, ms. */
  readonly delayMs: number
  /** By chance, in [0, 1): which process it meets. */
  readonly choice: number
}

export interface ChaosPlanOptions {
  readonly seed: number
  readonly ratings: number
  readonly kills: number
  readonly zombies: number
  readonly brokerKills: number
  readonly brokerPauses: number
}

const longestDelayMs = 600

/**
 * What happens when; the same for the same seed. Between two kills somebody joins or leaves; the other faults lie
 * between them by chance. Events are spread over the run, each in a stretch of its own.
 */
export function chaosPlan(options: ChaosPlanOptions): readonly ChaosEvent[] {
  const random = seededRandom(options.seed ^ 0xc4a05)
  const kinds = Array.from({ length: options.kills }, (_, index): readonly ChaosEventKind[] =>
    index === options.kills - 1 ? ['kill'] : ['kill', index % 2 === 0 ? 'join' : 'leave'],
  ).flat()
  const others: readonly ChaosEventKind[] = [
    ...Array.from({ length: options.zombies }, () => 'zombie' as const),
    ...Array.from({ length: options.brokerKills }, () => 'broker-kill' as const),
    ...Array.from({ length: options.brokerPauses }, () => 'broker-pause' as const),
  ]
  for (const kind of others) kinds.splice(Math.floor(random() * (kinds.length + 1)), 0, kind)
  const stretch = (options.ratings * 0.95) / kinds.length
  return kinds.map((kind, index) => ({
    kind,
    atRecords: Math.floor((index + 0.2 + 0.6 * random()) * stretch),
    delayMs: Math.floor(random() * longestDelayMs),
    choice: random(),
  }))
}
