import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { PrintMasterError } from '../model/error.ts'
import { decodeMessage, type SnmpMessage } from './message.ts'
import { SnmpError } from './snmp-error.ts'

/** Who waits for the answer to one message, from exactly the address and port it was sent to. */
export interface Waiter {
  readonly address: string
  readonly port: number
  receive(message: SnmpMessage, bytes: Buffer): void
  /** A datagram came from the address, and it is no SNMP message: most often one that was cut short. */
  receiveGarbage?(): void
}

const RECEIVE_BUFFER = 4 * 1024 * 1024
const MAX_ID = 0x7fffffff

/**
 * One UDP socket (a second one for IPv6, opened when first needed) for everything that is asked: the sweep and every
 * session. Answers find their waiter by message id and are held against the address that was asked.
 */
export class Wire {
  /** Datagrams handed to the system. */
  sent = 0
  /** Datagrams that the system refused, by its error code. */
  readonly refused = new Map<string, number>()
  private readonly sockets = new Map<4 | 6, Promise<Socket>>()
  private readonly waiters = new Map<number, Waiter>()
  private readonly peers = new Map<string, Waiter>()
  private lastId = Math.floor(Math.random() * MAX_ID)

  /** A message id that no waiter holds. */
  newId(): number {
    do this.lastId = this.lastId >= MAX_ID ? 1 : this.lastId + 1
    while (this.waiters.has(this.lastId))
    return this.lastId
  }

  expect(id: number, waiter: Waiter): void {
    this.waiters.set(id, waiter)
    if (waiter.receiveGarbage) this.peers.set(`${waiter.address} ${waiter.port}`, waiter)
  }

  forget(id: number): void {
    const waiter = this.waiters.get(id)
    this.waiters.delete(id)
    if (waiter?.receiveGarbage) this.peers.delete(`${waiter.address} ${waiter.port}`)
  }

  /** Opens the socket for this address's family, so that a machine without it is told before the first datagram. */
  async open(address: string): Promise<void> {
    await this.socketFor(address)
  }

  /** Sends one datagram. What the system refuses is counted in `refused` and given back as its error code. */
  async send(bytes: Buffer, address: string, port: number): Promise<string | null> {
    try {
      const socket = await this.socketFor(address)
      await new Promise<void>((resolve, reject) => {
        socket.send(bytes, port, address, (error) => (error ? reject(error) : resolve()))
      })
      this.sent++
      return null
    } catch (error) {
      const { code, cause, message } = error as NodeJS.ErrnoException
      // A socket that could not be opened brings the system's own error as its cause.
      const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? code ?? message
      this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
      return reason
    }
  }

  /**
   * Sends `bytes` and sends them again after each wait, until `accept` takes an answer. A late answer to an early try
   * counts: all tries carry the same id. A datagram that is no message ends the wait early.
   *
   * @param waits milliseconds to wait after each try
   * @param accept gives the result of an answer, `undefined` to go on waiting; what it throws ends the exchange
   * @throws SnmpError timeout, aborted, send_failed, bad_answer (a datagram that is no message) or what `accept` throws
   */
  exchange<T>(
    request: { id: number; bytes: Buffer; address: string; port: number; waits: readonly number[] },
    accept: (message: SnmpMessage, bytes: Buffer) => T | undefined,
    signal?: AbortSignal,
  ): Promise<T> {
    const { id, bytes, address, port, waits } = request
    return new Promise<T>((resolve, reject) => {
      let attempt = 0
      let timer: NodeJS.Timeout | undefined
      const end = (settle: () => void) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.forget(id)
        settle()
      }
      const fail = (error: unknown) => end(() => reject(error))
      const onAbort = () => fail(new SnmpError('aborted', `${address}: given up`))
      const attemptNext = () => {
        const wait = waits[attempt++]
        if (wait === undefined) return fail(new SnmpError('timeout', `${address} does not answer`))
        timer = setTimeout(attemptNext, wait)
        this.send(bytes, address, port).then((code) => {
          if (code && attempt >= waits.length) fail(new SnmpError('send_failed', `${address}: ${code}`))
        }, fail)
      }
      if (signal?.aborted) return reject(new SnmpError('aborted', `${address}: given up`))
      signal?.addEventListener('abort', onAbort)
      this.expect(id, {
        address,
        port,
        receive: (message, received) => {
          try {
            const result = accept(message, received)
            if (result !== undefined) end(() => resolve(result))
          } catch (error) {
            fail(error)
          }
        },
        receiveGarbage: () => {
          clearTimeout(timer)
          if (attempt < waits.length) attemptNext()
          else fail(new SnmpError('bad_answer', `${address} sent a datagram that is no SNMP message`))
        },
      })
      attemptNext()
    })
  }

  async close(): Promise<void> {
    const sockets = await Promise.allSettled(this.sockets.values())
    this.sockets.clear()
    for (const socket of sockets) if (socket.status === 'fulfilled') socket.value.close()
  }

  private socketFor(address: string): Promise<Socket> {
    const family = isIPv6(address) ? 6 : 4
    let socket = this.sockets.get(family)
    if (!socket) {
      socket = this.bind(family)
      this.sockets.set(family, socket)
    }
    return socket
  }

  private bind(family: 4 | 6): Promise<Socket> {
    const socket = createSocket({ type: `udp${family}`, ipv6Only: family === 6 })
    socket.on('message', (bytes, from) => this.receive(bytes, from.address, from.port))
    return new Promise((resolve, reject) => {
      socket.once('error', (error: NodeJS.ErrnoException) => {
        socket.close()
        const denied = error.code === 'EACCES' || error.code === 'EPERM'
        const message = `cannot open a UDP socket for IPv${family}: ${error.code}. Check that this machine has a network and that the program may use it.`
        reject(new PrintMasterError(denied ? 'permission_denied' : 'network_unreachable', message, { cause: error }))
      })
      socket.bind(0, () => {
        socket.removeAllListeners('error')
        socket.on('error', () => undefined) // a failed send is reported to its own callback
        try {
          socket.setRecvBufferSize(RECEIVE_BUFFER)
        } catch {
          // the system's own size has to do
        }
        resolve(socket)
      })
    })
  }

  private receive(bytes: Buffer, address: string, port: number): void {
    let message: SnmpMessage
    try {
      message = decodeMessage(bytes)
    } catch {
      this.peers.get(`${address} ${port}`)?.receiveGarbage?.()
      return
    }
    const waiter = this.waiters.get(message.version === '3' ? message.msgId : message.pdu.requestId)
    if (waiter && waiter.address === address && waiter.port === port) waiter.receive(message, bytes)
  }
}

/**
 * How long to wait after each try: a quarter, a half, then the whole timeout. Sending again soon costs one small
 * datagram; a late answer to an early try still counts.
 *
 * @param roundTrip milliseconds that this device is known to take; it is never asked again sooner than twice that
 */
export function retryWaits(timeout: number, retries: number, roundTrip = 0): number[] {
  return Array.from({ length: retries + 1 }, (_, attempt) => {
    const share = attempt === retries ? 1 : Math.min(1, 2 ** (attempt - 2))
    return Math.round(Math.max(timeout * share, Math.min(2 * roundTrip, 4 * timeout)))
  })
}
