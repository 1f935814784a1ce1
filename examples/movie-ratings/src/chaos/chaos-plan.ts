import { seededRandom } from '../generator/seeded-random.ts'

/** Something that happens when the pipelines have come so far. */
export interface ChaosEvent {
  readonly kind: 'kill' | 'kill-early' | 'cassandra-restart' | 'broker-restart' | 'second-leaves' | 'second-killed'
  /** Committed records at which it is due. */
  readonly atRecords: number
  /** By chance: how long after that, or after the last start for an early kill, ms. */
  readonly delayMs: number
  /** By chance: how long a server stays down, ms. */
  readonly downMs: number
}

export interface ChaosPlanOptions {
  readonly seed: number
  readonly ratings: number
  readonly kills: number
  readonly cassandraRestarts: number
  readonly brokerRestarts: number
}

/** One kill in four strikes while the pipeline starts or the group still waits for the one that was killed before. */
const earlyShare = 0.25
const longestEarlyMs = 7_000
const longestDelayMs = 400
const shortestDownMs = 1_000
const longestDownMs = 6_000

/** When what is broken; the same for the same seed. Events are spread over the run, each in a stretch of its own. */
export function chaosPlan(options: ChaosPlanOptions): readonly ChaosEvent[] {
  const random = seededRandom(options.seed ^ 0xc4a05)
  const kinds: ChaosEvent['kind'][] = [
    ...Array.from({ length: options.kills }, () => (random() < earlyShare ? ('kill-early' as const) : 'kill')),
    ...Array.from({ length: options.cassandraRestarts }, () => 'cassandra-restart' as const),
    ...Array.from({ length: options.brokerRestarts }, () => 'broker-restart' as const),
    'second-leaves',
    'second-killed',
  ]
  shuffle(kinds, random)
  const stretch = (options.ratings * 0.95) / kinds.length
  return kinds.map((kind, index) => ({
    kind,
    atRecords: Math.floor((index + 0.2 + 0.8 * random()) * stretch),
    delayMs: Math.floor(random() * (kind === 'kill-early' ? longestEarlyMs : longestDelayMs)),
    downMs: Math.floor(shortestDownMs + random() * (longestDownMs - shortestDownMs)),
  }))
}

function shuffle<T>(items: T[], random: () => number): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[items[index], items[other]] = [items[other]!, items[index]!]
  }
}
