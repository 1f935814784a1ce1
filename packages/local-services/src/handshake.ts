import { connect } from 'node:net'
import type { Address } from './address.ts'
import type { ServiceName } from './service.ts'

interface Handshake {
  readonly request: Buffer
  /** How many bytes of the answer decide. */
  readonly answerBytes: number
  readonly isAnswer: (answer: Buffer) => boolean
}

const handshakes: Readonly<Record<ServiceName, Handshake>> = { kafka: apiVersions(), cassandra: cqlOptions() }

/** Whether a server of this kind answers at the address: it must speak its protocol, an open port is not enough. */
export function answers(service: ServiceName, address: Address, timeoutMs = 1000): Promise<boolean> {
  const { request, answerBytes, isAnswer } = handshakes[service]
  return new Promise((resolve) => {
    const socket = connect({ host: address.host, port: address.port })
    let received = Buffer.alloc(0)
    const finish = (result: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(finish, timeoutMs, false)
    socket.once('connect', () => socket.write(request))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= answerBytes) finish(isAnswer(received))
    })
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
  })
}

/** ApiVersions v0, which every broker answers before anything else. */
function apiVersions(): Handshake {
  const correlationId = 7
  const request = Buffer.alloc(14)
  request.writeInt32BE(10, 0) // bytes that follow
  request.writeInt16BE(18, 4) // api key
  request.writeInt16BE(0, 6) // api version
  request.writeInt32BE(correlationId, 8)
  request.writeInt16BE(-1, 12) // no client id
  return {
    request,
    answerBytes: 10,
    isAnswer: (answer) => answer.readInt32BE(4) === correlationId && answer.readInt16BE(8) === 0,
  }
}

/** The OPTIONS frame of the native protocol v4, answered with SUPPORTED. */
function cqlOptions(): Handshake {
  return {
    request: Buffer.from([0x04, 0, 0, 0, 0x05, 0, 0, 0, 0]),
    answerBytes: 9,
    isAnswer: (answer) => answer.readUInt8(0) === 0x84 && answer.readUInt8(4) === 0x06,
  }
}
