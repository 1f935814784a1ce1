/** Everything that is measured, or measures, in a process of its own: modules with a function `run`. */
export const sides = {
  'produce-ratings': () => import('./sides/produce-ratings.ts'),
  'digest-topic': () => import('./sides/digest-topic.ts'),
  'bare-consume': () => import('./sides/bare-consume.ts'),
  'millrace-consume': () => import('./sides/millrace-consume.ts'),
  'bare-forward': () => import('./sides/bare-forward.ts'),
  'millrace-forward': () => import('./sides/millrace-forward.ts'),
  'bare-insert': () => import('./sides/bare-insert.ts'),
  'sink-alone': () => import('./sides/sink-alone.ts'),
  'millrace-to-table': () => import('./sides/millrace-to-table.ts'),
  'bare-follow': () => import('./sides/bare-follow.ts'),
  'millrace-follow': () => import('./sides/millrace-follow.ts'),
  'latency-probe': () => import('./sides/latency-probe.ts'),
  'in-process': () => import('./sides/in-process.ts'),
  'produce-keys': () => import('./sides/produce-keys.ts'),
  'keyed-sums': () => import('./sides/keyed-sums.ts'),
  'embedded-example': () => import('./sides/embedded-example.ts'),
} as const

type Sides = typeof sides
export type SideName = keyof Sides
type RunOf<Name extends SideName> = Awaited<ReturnType<Sides[Name]>>['run']
export type InputOf<Name extends SideName> = Parameters<RunOf<Name>>[0]
export type ResultOf<Name extends SideName> = Awaited<ReturnType<RunOf<Name>>>

/** How a side that serves others talks with whoever started it. */
export interface SideControl {
  /** Says that the side is ready; the measurement goes on then. */
  ready(): void
  /** Resolves when the side is to end. */
  readonly stopped: Promise<void>
}

/** What the parent sends. */
export type ToSide =
  | { readonly kind: 'start'; readonly name: SideName; readonly input: unknown }
  | { readonly kind: 'stop' }

/** What a side sends. */
export type FromSide =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly reason: string }
