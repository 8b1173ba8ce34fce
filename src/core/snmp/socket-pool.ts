import { createSocket, type Socket } from 'node:dgram'
import { PrintMasterError } from '../model/error.ts'
import { readSocketDrops } from './socket-drops.ts'

const BUFFER = 4 * 1024 * 1024

export type Family = 4 | 6
export type OnMessage = (bytes: Buffer, address: string, port: number) => void

/**
 * UDP sockets of one address family. One does, unless the system holds datagrams back: those for addresses on this network that
 * do not answer ARP wait three seconds in the send buffer, which is soon full of them. Then another socket goes on.
 */
export class SocketPool {
  private readonly family: Family
  private readonly most: number
  private readonly onMessage: OnMessage
  private readonly sockets: Socket[] = []
  private readonly drops = new Map<Socket, number>()
  private opening: Promise<Socket> | null = null
  private failure: Error | null = null
  private current = 0

  /** @param most sockets at one time */
  constructor(family: Family, most: number, onMessage: OnMessage) {
    this.family = family
    this.most = most
    this.onMessage = onMessage
  }

  /** Opens the first socket. @throws PrintMasterError network_unreachable, permission_denied */
  open(): Promise<Socket> {
    const [first] = this.sockets
    if (first) return Promise.resolve(first)
    this.opening ??= this.add()
    return this.opening
  }

  /** The first socket, once it is open. */
  get first(): Socket | undefined {
    return this.sockets[0]
  }

  /** True when no socket can be opened: whoever sends will be told. */
  get hasFailed(): boolean {
    return this.failure !== null && this.sockets.length === 0
  }

  /** A socket with nothing held back in it; null while there is none. */
  clear(): Socket | null {
    for (let tried = 0; tried < this.sockets.length; tried++) {
      const socket = this.sockets[this.current] as Socket
      if (socket.getSendQueueCount() === 0) return socket
      this.current = (this.current + 1) % this.sockets.length
    }
    if (this.sockets.length < this.most && !this.failure) {
      this.opening ??= this.add()
      this.opening.catch(() => undefined) // told by whoever sends
    }
    return null
  }

  /** How many datagrams found a receive buffer full since this was last asked, as far as the system says. */
  async countOverflow(): Promise<number> {
    let fresh = 0
    for (const socket of this.sockets) {
      const drops = (await readSocketDrops(this.family, socket.address().port)) ?? 0
      fresh += Math.max(0, drops - (this.drops.get(socket) ?? 0))
      this.drops.set(socket, drops)
    }
    return fresh
  }

  async close(): Promise<void> {
    await this.opening?.catch(() => undefined)
    for (const socket of this.sockets.splice(0)) socket.close()
  }

  private async add(): Promise<Socket> {
    try {
      const socket = await this.bind()
      this.current = this.sockets.push(socket) - 1
      return socket
    } catch (error) {
      this.failure = error as Error
      throw error
    } finally {
      this.opening = null
    }
  }

  private bind(): Promise<Socket> {
    const { family } = this
    const socket = createSocket({
      type: `udp${family}`,
      ipv6Only: family === 6,
      // Only addresses are ever sent to; asking a resolver about each would cost more than sending.
      lookup: (address, _options, callback) => callback(null, address, family),
    })
    socket.on('message', (bytes, from) => this.onMessage(bytes, from.address, from.port))
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
          socket.setRecvBufferSize(BUFFER)
          socket.setSendBufferSize(BUFFER)
        } catch {
          // the system's own size has to do
        }
        resolve(socket)
      })
    })
  }
}
