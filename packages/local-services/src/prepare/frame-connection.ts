import { connect, type Socket } from 'node:net'
import { formatAddress, type Address } from '../address.ts'
import { ServicesError } from '../services-error.ts'

/** How long one answer may take. */
const answerTimeoutMs = 30_000

/** A connection that sends one frame at a time and waits for the frame that answers it. */
export class FrameConnection {
  private readonly socket: Socket
  private readonly address: Address
  private readonly headerBytes: number
  private readonly frameBytes: (header: Buffer) => number
  private received: Buffer = Buffer.alloc(0)

  /** `frameBytes` reads from the first `headerBytes` of a frame how long it is as a whole. */
  constructor(address: Address, headerBytes: number, frameBytes: (header: Buffer) => number) {
    this.address = address
    this.headerBytes = headerBytes
    this.frameBytes = frameBytes
    this.socket = connect({ host: address.host, port: address.port })
  }

  /** Sends a frame and returns the answer, header included. */
  exchange(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer)
        this.socket.removeAllListeners()
        // an error after this has nobody to tell; without a listener it would end the process
        this.socket.on('error', () => {})
        settle()
      }
      const fail = (cause?: unknown): void => finish(() => reject(this.broken(cause)))
      const timer = setTimeout(fail, answerTimeoutMs)
      this.socket.on('data', (chunk) => {
        this.received = Buffer.concat([this.received, chunk])
        const frame = this.takeFrame()
        if (frame !== undefined) finish(() => resolve(frame))
      })
      this.socket.once('error', fail)
      this.socket.once('close', () => fail())
      this.socket.write(request)
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private takeFrame(): Buffer | undefined {
    if (this.received.length < this.headerBytes) return undefined
    const length = this.frameBytes(this.received)
    if (this.received.length < length) return undefined
    const frame = this.received.subarray(0, length)
    this.received = this.received.subarray(length)
    return frame
  }

  private broken(cause: unknown): ServicesError {
    return new ServicesError({
      code: 'NOT_REACHABLE',
      what: `${formatAddress(this.address)} broke off in the middle of a request`,
      hint: 'Look at its log, and try again.',
      cause,
    })
  }
}
