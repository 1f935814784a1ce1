import type {
  OutgoingRecord,
  ProducerOptions,
  RecordHeader,
  TopicPartition,
  TransactionalProducer,
  Transport,
  TransportProducer,
} from '../../../ports/index.ts'
import type { MemberOptions, RecordingMember } from './recording-member.ts'
import type { RecordingReader, RecordingReaderOptions } from './recording-reader.ts'

/** What an adapter brings to the suite. */
export interface TransportHarness {
  /** Called once per test. The transport is not connected yet; several consumers are made from it. */
  create(): Promise<TransportUnderTest>
  /** A transport whose server does not exist, on 127.0.0.1; without it the test of `connect` is skipped. */
  unreachable?(): Transport
  /** Tests that this adapter does not pass, by title, each with the reason, which the report shows. */
  readonly skips?: Readonly<Record<string, string>>
}

export interface TransportUnderTest {
  readonly transport: Transport
  /** A name that no other test uses, also not one of an earlier run on the same server. */
  uniqueName(prefix: string): string
  /** Called after the suite has closed the transport. */
  dispose(): Promise<void>
}

/** The functions of vitest (or of a runner like it) that the suite uses. */
export interface SuiteTools {
  readonly describe: (title: string, define: () => void) => void
  readonly it: DefineTest & { readonly skip: DefineTest }
  readonly expect: Expect
}

export type DefineTest = (title: string, run: () => Promise<void>, timeoutMs?: number) => void
export type Expect = (actual: unknown, message?: string) => Expectation

export interface Expectation {
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toBeGreaterThan(expected: number): void
  toBeGreaterThanOrEqual(expected: number): void
}

/** One test of the suite. */
export interface TransportCase {
  readonly title: string
  readonly run: (context: CaseContext) => Promise<void>
}

/** What a test has at hand. Members and producers are stopped and closed when it ends. */
export interface CaseContext {
  /** Connected. */
  readonly transport: Transport
  readonly unreachable: Transport | null
  readonly expect: Expect
  readonly uniqueName: (prefix: string) => string
  /** Creates a topic with a name of its own. */
  readonly topic: (partitions: number) => Promise<string>
  /** A member of a group that records what its consumer tells it; not started. */
  readonly member: (options: MemberOptions) => RecordingMember
  readonly producer: (options?: Partial<ProducerOptions>) => TransportProducer
  /** Not inited. */
  readonly transactional: (transactionalId: string, timeoutMs?: number) => TransactionalProducer
  /** Reads apart from groups and records what it is handed. */
  readonly reader: (options?: RecordingReaderOptions) => RecordingReader
  readonly latest: (partition: TopicPartition) => Promise<number>
  readonly stable: (partition: TopicPartition) => Promise<number>
  /** Writes values to one partition with a producer of its own. */
  readonly write: (topic: string, partition: number, values: readonly string[]) => Promise<void>
  /** Resolves when the condition holds; looks again whenever a member was told something. */
  readonly until: (what: string, condition: () => boolean, timeoutMs?: number) => Promise<void>
}

/** A record with what a test does not care about filled in. */
export function record(value: string | null, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return { key: null, value: bytes(value), timestamp: 1_743_069_370_841, headers: [], ...more }
}

export function header(name: string, value: string | null): RecordHeader {
  return { name, value: bytes(value) }
}

export function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text)
}

/** `prefix-0` … `prefix-(count-1)` */
export function numbered(prefix: string, count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${from + index}`)
}

/** The code of the StreamsError that a promise rejects with; 'resolved' if it does not reject. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return 'resolved'
  } catch (thrown) {
    return (thrown as { code?: unknown }).code ?? thrown
  }
}

/** A promise that a test resolves when it likes. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

export function sorted(values: Iterable<unknown>): readonly string[] {
  return [...values].map(String).sort()
}
