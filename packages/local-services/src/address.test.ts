import { expect, it } from 'vitest'
import { formatAddress, parseAddress, parseAddresses } from './address.ts'

it('reads a host with and without a port, and an IPv6 address in brackets', () => {
  expect(parseAddress('localhost', 9042)).toEqual({ host: 'localhost', port: 9042 })
  expect(parseAddress('10.0.0.1:29092', 9042)).toEqual({ host: '10.0.0.1', port: 29_092 })
  expect(parseAddress('[::1]:1', 9042)).toEqual({ host: '::1', port: 1 })
})

it.each(['', 'a:b', 'a:0', 'a:65536', 'a b', '::1'])('refuses %j', (text) => {
  expect(parseAddress(text, 9042)).toBeUndefined()
})

it('reads a list and gives each service its usual port', () => {
  expect(parseAddresses('kafka', ' a , b:1,')).toEqual([
    { host: 'a', port: 9092 },
    { host: 'b', port: 1 },
  ])
  expect(parseAddresses('cassandra', 'a')).toEqual([{ host: 'a', port: 9042 }])
})

it('writes an address as it is read', () => {
  expect(formatAddress({ host: '::1', port: 1 })).toBe('[::1]:1')
  expect(formatAddress({ host: 'a', port: 1 })).toBe('a:1')
})
