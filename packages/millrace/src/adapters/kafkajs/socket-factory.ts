import net from 'node:net'
import tls from 'node:tls'
import type { ISocketFactory } from 'kafkajs'

const keepAliveMs = 60_000

/** Opens the sockets of one cluster handle and can drop all of them. */
export interface SocketTracker {
  readonly create: ISocketFactory
  destroyAll(): void
}

/** Unlike kafkajs' own factory it switches Nagle's algorithm off, which can hold a small request back for 40 ms. */
export function createSocketFactory(): SocketTracker {
  const open = new Set<net.Socket>()
  return {
    create: ({ host, port, ssl, onConnect }) => {
      const servername = net.isIP(host) ? {} : { servername: host }
      const socket = ssl
        ? tls.connect({ host, port, ...servername, ...ssl }, onConnect)
        : net.connect({ host, port }, onConnect)
      socket.setKeepAlive(true, keepAliveMs)
      socket.setNoDelay(true)
      // kafkajs may close one that is still connecting many times, and each time leaves a listener.
      socket.setMaxListeners(0)
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      return socket
    },
    destroyAll: () => {
      for (const socket of open) socket.destroy()
    },
  }
}
