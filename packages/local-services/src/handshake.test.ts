import { createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { answers } from './handshake.ts'
import { findFreePorts, isPortTaken } from './ports.ts'

const host = '127.0.0.1'

const listen = async (onRequest: (socket: Socket, request: Buffer) => void) => {
  const [port = 0] = await findFreePorts(host, 1)
  const server = createServer((socket) => socket.on('data', (request) => onRequest(socket, request)))
  await new Promise<void>((resolve) => {
    server.listen(port, host, resolve)
  })
  onTestFinished(() => void server.close())
  return { host, port }
}

it('takes a broker for ready when it answers ApiVersions, also in pieces', async () => {
  const address = await listen((socket, request) => {
    const answer = Buffer.alloc(12)
    answer.writeInt32BE(8, 0)
    request.copy(answer, 4, 8, 12)
    socket.write(answer.subarray(0, 3))
    socket.write(answer.subarray(3))
  })
  expect(await answers('kafka', address)).toBe(true)
})

it('takes a node for ready when it answers OPTIONS with SUPPORTED', async () => {
  const address = await listen((socket) => socket.write(Buffer.from([0x84, 0, 0, 0, 0x06, 0, 0, 0, 0])))
  expect(await answers('cassandra', address)).toBe(true)
})

it('takes an open port that speaks something else for not ready', async () => {
  const address = await listen((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
  expect(await answers('kafka', address)).toBe(false)
  expect(await answers('cassandra', address)).toBe(false)
})

it('takes a port that stays silent, and one where nobody listens, for not ready', async () => {
  const address = await listen(() => {})
  expect(await answers('kafka', address, 50)).toBe(false)
  const [port = 0] = await findFreePorts(host, 1)
  expect(await answers('kafka', { host, port })).toBe(false)
})

it('finds out that a port is taken', async () => {
  const address = await listen(() => {})
  expect(await isPortTaken(address)).toBe(true)
})

it('finds as many free ports as asked, all different', async () => {
  const ports = await findFreePorts(host, 5)
  expect(new Set(ports).size).toBe(5)
  expect(await isPortTaken({ host, port: ports[0] ?? 0 })).toBe(false)
})
