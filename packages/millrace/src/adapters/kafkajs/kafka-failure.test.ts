import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { StreamsError } from '../../errors/index.ts'
import { failureKind, failureType, wrapFailure } from './kafka-failure.ts'

const protocolError = (type: string): Error =>
  new kafkajs.KafkaJSProtocolError({ message: 'text', type, code: 1 } as unknown as Error)
const gaveUp = (cause: Error): Error =>
  new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 100 })

describe('a failure of kafkajs', () => {
  it.each([
    ['REBALANCE_IN_PROGRESS', 'rebalance'],
    ['UNKNOWN_MEMBER_ID', 'fenced'],
    ['ILLEGAL_GENERATION', 'fenced'],
    ['NOT_COORDINATOR_FOR_GROUP', 'transient'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'missing-topic'],
    ['GROUP_AUTHORIZATION_FAILED', 'fatal'],
    ['CORRUPT_MESSAGE', 'unknown'],
  ])('of type %s is %s, also beneath its wrappers', (type, kind) => {
    expect(failureKind(protocolError(type))).toBe(kind)
    expect(failureKind(gaveUp(protocolError(type)))).toBe(kind)
    expect(failureType(gaveUp(protocolError(type)))).toBe(type)
  })

  it('is known by its name where it has no type', () => {
    expect(failureKind(new kafkajs.KafkaJSConnectionError('refused'))).toBe('transient')
    expect(failureKind(new kafkajs.KafkaJSRequestTimeoutError('late'))).toBe('transient')
    expect(failureKind(new TypeError('bug'))).toBe('unknown')
    expect(failureKind(undefined)).toBe('unknown')
  })

  it('is wrapped once', () => {
    const ours = new StreamsError({ code: 'CODEC_MISSING', what: 'x', hint: 'y' })
    expect(wrapFailure(gaveUp(ours), 'TRANSPORT_FAILED', 'what', 'hint')).toBe(ours)
    expect(wrapFailure(gaveUp(protocolError('NOT_CONTROLLER')), 'TRANSPORT_FAILED', 'what', 'Hint.')).toMatchObject({
      code: 'TRANSPORT_FAILED',
      message: 'what: text. Hint.',
    })
  })
})
