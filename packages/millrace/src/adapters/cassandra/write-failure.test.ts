import driver from 'cassandra-driver'
import { describe, expect, it } from 'vitest'
import { writeFailure } from './write-failure.ts'

const { errors, types } = driver
const codes = types.responseErrorCodes

describe('writeFailure', () => {
  it('tells busy hosts from ones that are down', () => {
    const busy = new errors.BusyConnectionError('127.0.0.1:9042', 2_048, 1)
    expect(writeFailure(new errors.NoHostAvailableError({ a: 'Host considered as DOWN', b: busy }))).toBe('busy')
    expect(writeFailure(new errors.NoHostAvailableError({ a: 'Host considered as DOWN' }))).toBe('down')
    expect(writeFailure(new errors.NoHostAvailableError(null))).toBe('down')
  })

  it('sees a statement that cannot be prepared again behind NoHostAvailable', () => {
    const unprepared = new errors.ResponseError(codes.unprepared, 'not found')
    expect(writeFailure(new errors.NoHostAvailableError({ a: unprepared }))).toBe('unprepared')
  })

  it.each([
    [codes.overloaded, 'busy'],
    [codes.writeTimeout, 'busy'],
    [codes.unavailableException, 'down'],
    [codes.serverError, 'unclear'],
    [codes.invalid, 'refused'],
    [codes.syntaxError, 'refused'],
    [0x7777, 'unclear'],
  ])('takes response code %i as %s', (code, expected) => {
    expect(writeFailure(new errors.ResponseError(code, 'a message'))).toBe(expected)
  })

  it('never gives a row up for an error that it does not know', () => {
    expect(writeFailure(new TypeError('undefined is not a function'))).toBe('unclear')
    expect(writeFailure('text')).toBe('unclear')
  })
})
