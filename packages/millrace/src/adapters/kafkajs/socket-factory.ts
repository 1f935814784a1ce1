import net from 'node:net'
import tls from 'node:tls'
import type { ISocketFactory } from 'kafkajs'
import { StreamsError } from '../../errors/index.ts'

const keepAliveMs = 60_000

/** Opens the sockets of one cluster handle and can drop all of them; after that it opens no more. */
export interface SocketTracker {
  readonly create: ISocketFactory
  destroyAll(): void
}

/** Unlike kafkajs' own factory it switches Nagle's algorithm off, which can hold a small request back for 40 ms. */
export function createSocketFactory(): SocketTracker {
  const open = new Set<net.Socket>()
  let isClosed = false
  return {
    create: ({ host, port, ssl, onConnect }) => {
      // kafkajs may be in the middle of a retry, and what it opened now nobody would close
      if (isClosed) throw closed()
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
      isClosed = true
      // of one that is still connecting kafkajs learns by an error alone; else it waits for its time-out
      for (const socket of open) socket.destroy(socket.connecting ? closed() : undefined)
    },
  }
}

function closed(): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_CLOSED',
    what: 'The connection was closed',
    hint: 'Open a new transport.',
  })
}
