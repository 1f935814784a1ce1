import { connect, createServer } from 'node:net'
import type { Address } from './address.ts'

/** Ports that nobody listens on at the moment, all different. */
export async function findFreePorts(host: string, count: number): Promise<number[]> {
  // held open together, so that the system cannot hand out the same one twice
  const holders = await Promise.all(Array.from({ length: count }, () => holdPort({ host, port: 0 })))
  const ports = holders.map((holder) => holder.port)
  await Promise.all(holders.map((holder) => holder.release()))
  return ports
}

/** Whether something else has the port: it accepts connections there, or we could not listen on it. */
export async function isPortTaken(address: Address): Promise<boolean> {
  // a listener on all interfaces does not keep macOS from binding the port on one of them: so ask both ways
  if (await accepts(address)) return true
  try {
    const holder = await holdPort(address)
    await holder.release()
    return false
  } catch {
    return true
  }
}

function accepts(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address.host, port: address.port })
    const finish = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

function holdPort(address: Address): Promise<{ port: number; release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => {
      const bound = server.address()
      const port = typeof bound === 'object' && bound !== null ? bound.port : address.port
      resolve({
        port,
        release: () =>
          new Promise((released) => {
            server.close(() => released())
          }),
      })
    })
  })
}
