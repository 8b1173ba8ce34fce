import { connect, createServer, type Server, type Socket } from 'node:net'

/** What the line does to everything on it. Can be changed while it runs. */
export interface LineState {
  /** Who connects is turned away; what is open is reset. */
  refuse: boolean
  /** Nothing passes, in either direction, until this is lifted. */
  stall: boolean
  /** Both ways each; null for as fast as it goes. */
  bytes_per_second: number | null
}

/** Chances from 0 to 1, drawn anew for each HTTP request; at most one of them strikes. */
export interface RequestFaults {
  /** Reset before the request is through to the server. */
  cut_up: number
  /** Reset in the middle of the answer. */
  cut_down: number
  /** The server gets the request; the client gets a reset in place of the answer. */
  drop_answer: number
  /** The server gets the same request once more, on another connection. */
  duplicate: number
  /** Reset; the server gets the request after a later one has been answered. */
  reorder: number
}

export type RequestFault = keyof RequestFaults
const FAULTS: readonly RequestFault[] = ['cut_up', 'cut_down', 'drop_answer', 'duplicate', 'reorder']

export interface FaultProxy {
  readonly url: string
  readonly port: number
  /** Where it leads to; another port for the connections to come. */
  target: number
  readonly counts: Readonly<Record<RequestFault | 'requests' | 'connections', number>>
  set(changes: Partial<LineState & RequestFaults>): void
  /** All well again. */
  heal(): void
  close(): Promise<void>
}

const HEALTHY: LineState & RequestFaults = {
  refuse: false,
  stall: false,
  bytes_per_second: null,
  cut_up: 0,
  cut_down: 0,
  drop_answer: 0,
  duplicate: 0,
  reorder: 0,
}
const TICK_MS = 20
const CLIENT_HELLO = 0x16

/**
 * A proxy on loopback between an HTTP client and a server, with the faults of a bad line. Requests need a Content-Length.
 * TLS and WebSockets pass unread: there only the state of the line counts.
 */
export async function startFaultProxy(target: number, seed = 1): Promise<FaultProxy> {
  const state = { ...HEALTHY }
  const counts = { requests: 0, connections: 0, cut_up: 0, cut_down: 0, drop_answer: 0, duplicate: 0, reorder: 0 }
  const sockets = new Set<Socket>()
  const held: Buffer[] = []
  const random = createRandom(seed)
  let wake: (() => void)[] = []

  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    return socket.on('close', () => sockets.delete(socket))
  }
  const draw = (): RequestFault | null => {
    let value = random()
    for (const fault of FAULTS) {
      if (value < state[fault]) return fault
      value -= state[fault]
    }
    return null
  }
  /** Passes bytes on as the line lets them. */
  const pass = async (to: Socket, bytes: Buffer) => {
    for (let at = 0; at < bytes.length; ) {
      while (state.stall && !to.destroyed) await new Promise<void>((resolve) => wake.push(resolve))
      if (to.destroyed) return
      const rate = state.bytes_per_second
      const some = rate === null ? bytes.length - at : Math.max(1, Math.floor((rate * TICK_MS) / 1000))
      to.write(bytes.subarray(at, at + some))
      at += some
      if (rate !== null) await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    }
  }
  /** Sends a request once more; nobody wants the answer. */
  const sendAgain = (request: Buffer) => {
    const socket = keep(connect(proxy.target, '127.0.0.1'))
    socket.resume().on('data', () => socket.end())
    socket.write(request)
  }

  const serve = async (client: Socket) => {
    counts.connections += 1
    if (state.refuse) return void client.resetAndDestroy()
    const server = keep(connect(proxy.target, '127.0.0.1'))
    let fault: RequestFault | null = null
    let passed = 0
    const answer = async () => {
      try {
        for await (const chunk of server as AsyncIterable<Buffer>) {
          if (fault === 'drop_answer') return void client.resetAndDestroy()
          if (fault === 'cut_down') {
            await pass(client, chunk.subarray(0, Math.floor(random() * chunk.length)))
            return void client.resetAndDestroy()
          }
          await pass(client, chunk)
          passed += chunk.length
          if (passed > 0 && fault !== 'reorder') for (const late of held.splice(0)) sendAgain(late)
        }
        client.end()
      } catch {
        client.destroy()
      } finally {
        server.destroy()
      }
    }
    const answering = answer()
    const take = createRequestReader()
    try {
      for await (const chunk of client as AsyncIterable<Buffer>) {
        for (const request of take(chunk)) {
          if (request.isRaw) {
            await pass(server, request.bytes)
            continue
          }
          counts.requests += 1
          fault = draw()
          if (fault !== null) counts[fault] += 1
          if (fault === 'reorder') {
            held.push(request.bytes)
            client.resetAndDestroy()
            server.destroy()
            return
          }
          if (fault === 'cut_up') {
            await pass(server, request.bytes.subarray(0, Math.floor(random() * request.bytes.length)))
            client.resetAndDestroy()
            server.resetAndDestroy()
            return
          }
          await pass(server, request.bytes)
          if (fault === 'duplicate') sendAgain(request.bytes)
        }
      }
      server.end()
    } catch {
      // who was cut off: a request whose answer is to be dropped is on its way all the same
      if (fault !== 'drop_answer') server.destroy()
    }
    await answering
  }

  const listener: Server = createServer({ allowHalfOpen: false }, (client) => void serve(keep(client)))
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  const wakeAll = () => {
    const waiting = wake
    wake = []
    for (const go of waiting) go()
  }
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    port,
    target,
    counts,
    set(changes) {
      Object.assign(state, changes)
      if (state.refuse) for (const socket of sockets) socket.resetAndDestroy()
      wakeAll()
    },
    heal() {
      proxy.set(HEALTHY)
      for (const late of held.splice(0)) sendAgain(late)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      wakeAll()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
  return proxy
}

/** Takes bytes as they come and gives whole requests. */
function createRequestReader(): (chunk: Buffer) => { bytes: Buffer; isRaw: boolean }[] {
  let waiting: Buffer = Buffer.alloc(0)
  let isRaw: boolean | null = null
  return (chunk) => {
    isRaw ??= chunk[0] === CLIENT_HELLO
    if (isRaw) return [{ bytes: chunk, isRaw }]
    waiting = Buffer.concat([waiting, chunk])
    const whole: { bytes: Buffer; isRaw: boolean }[] = []
    for (;;) {
      if (isRaw && waiting.length > 0) whole.push({ bytes: Buffer.from(waiting), isRaw })
      if (isRaw) waiting = Buffer.alloc(0)
      const end = waiting.indexOf('\r\n\r\n')
      if (end === -1) return whole
      const head = waiting.subarray(0, end).toString('latin1')
      isRaw = /^upgrade: *websocket/im.test(head)
      const length = end + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (waiting.length < length) return whole
      // whoever connects twice takes the place of himself: an upgrade is never sent again
      whole.push({ bytes: Buffer.from(waiting.subarray(0, length)), isRaw })
      waiting = waiting.subarray(length)
    }
  }
}

/** The same numbers from the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
