import type {
  ProducerOptions,
  TopicPartition,
  TransactionalProducer,
  Transport,
  TransportProducer,
} from '../../../ports/index.ts'
import { RecordingMember, type MemberOptions } from './recording-member.ts'
import { RecordingReader, type RecordingReaderOptions } from './recording-reader.ts'
import { record, type CaseContext, type Expect, type TransportUnderTest } from './transport-case.ts'

const waitMs = 30_000

/** The surroundings of one test: makes members and producers, wakes waits, cleans up. Its functions stand alone. */
export class TransportCaseContext implements CaseContext {
  readonly transport: Transport
  readonly unreachable: Transport | null
  readonly expect: Expect
  readonly #underTest: TransportUnderTest
  readonly #members: RecordingMember[] = []
  readonly #readers: RecordingReader[] = []
  readonly #producers: Pick<TransportProducer, 'close'>[] = []
  readonly #waiting = new Set<() => void>()

  constructor(underTest: TransportUnderTest, unreachable: Transport | null, expect: Expect) {
    this.#underTest = underTest
    this.transport = underTest.transport
    this.unreachable = unreachable
    this.expect = expect
  }

  readonly uniqueName = (prefix: string): string => this.#underTest.uniqueName(prefix)

  readonly topic = async (partitions: number): Promise<string> => {
    const topic = this.uniqueName('topic')
    await this.transport.admin.createTopics([{ topic, partitions }])
    return topic
  }

  readonly member = (options: MemberOptions): RecordingMember => {
    const member = new RecordingMember(this.transport, options, () => this.#wake())
    this.#members.push(member)
    return member
  }

  readonly producer = (options: Partial<ProducerOptions> = {}): TransportProducer => {
    const producer = this.transport.producer({ clientId: 'conformance', ...options })
    this.#producers.push(producer)
    return producer
  }

  readonly transactional = (transactionalId: string, timeoutMs?: number): TransactionalProducer => {
    const timeout = timeoutMs === undefined ? {} : { timeoutMs }
    const producer = this.transport.transactionalProducer({ clientId: 'conformance', transactionalId, ...timeout })
    this.#producers.push(producer)
    return producer
  }

  readonly reader = (options: RecordingReaderOptions = {}): RecordingReader => {
    const reader = new RecordingReader(this.transport, options, () => this.#wake())
    this.#readers.push(reader)
    return reader
  }

  readonly latest = async (partition: TopicPartition): Promise<number> =>
    (await this.transport.admin.offsets([partition], 'latest'))[0]?.offset ?? -1

  readonly stable = async (partition: TopicPartition): Promise<number> =>
    (await this.transport.admin.stableOffsets([partition]))[0]?.offset ?? -1

  readonly write = async (topic: string, partition: number, values: readonly string[]): Promise<void> => {
    const producer = this.producer()
    await producer.send([{ topic, partition, records: values.map((value) => record(value)) }])
    await producer.close()
  }

  readonly until = (what: string, condition: () => boolean, timeoutMs: number = waitMs): Promise<void> =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        this.#waiting.delete(look)
        clearTimeout(timer)
      }
      const look = (): void => {
        if (!condition()) return
        finish()
        resolve()
      }
      const timer = setTimeout(() => {
        finish()
        const members = [...this.#members, ...this.#readers].map((member) => member.describe()).join(' ')
        try {
          this.expect(condition(), `waited ${timeoutMs} ms until ${what}; members: ${members}`).toBe(true)
          resolve()
        } catch (failure) {
          reject(failure)
        }
      }, timeoutMs)
      this.#waiting.add(look)
      look()
    })

  /** Ends the test: everything is stopped, also after a failure. */
  async close(): Promise<void> {
    try {
      await Promise.all(this.#members.map((member) => member.consumer.stop()))
      await Promise.all(this.#readers.map((reader) => reader.close()))
      await Promise.all(this.#producers.map((producer) => producer.close()))
      await this.transport.close()
    } finally {
      await this.#underTest.dispose()
    }
  }

  /** Fails if a consumer broke the contract of its listener. */
  expectNoViolations(): void {
    this.expect([...this.#members, ...this.#readers].flatMap((each) => each.violations)).toEqual([])
  }

  #wake(): void {
    for (const look of this.#waiting) look()
  }
}
