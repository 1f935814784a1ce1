import net from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../testing/index.ts'
import { openCluster } from './driver.ts'
import { resolveKafkaOptions } from './options.ts'

it('leaves no connection behind when it is closed while it connects', async () => {
  const sockets = new Set<net.Socket>()
  let accepted = 0
  const server = net.createServer((socket) => {
    accepted++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  const { port } = server.address() as net.AddressInfo
  const handle = openCluster(resolveKafkaOptions({ brokers: [`127.0.0.1:${port}`] }), 'test', silentLogger)
  const connecting = handle.cluster.connect().then(
    () => 'connected',
    () => 'gave up',
  )
  // the socket has been asked for, and nobody has answered
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  await handle.close()
  expect(await connecting).toBe('gave up')
  expect(accepted).toBeLessThan(2)
  for (const socket of sockets) await new Promise((resolve) => socket.once('close', resolve).resume())
})
