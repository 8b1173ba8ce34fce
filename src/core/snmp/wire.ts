import { LossMeter, MAX_TRIES } from './loss-meter.ts'
import { decodeMessage, type SnmpMessage } from './message.ts'
import { Pacer } from './pacer.ts'
import type { RoundTrip } from './round-trip.ts'
import { SnmpError } from './snmp-error.ts'
import { type Family, SocketPool } from './socket-pool.ts'

/** Who waits for the answer to one message, from exactly the address and port it was sent to. */
export interface Waiter {
  readonly address: string
  readonly port: number
  /**
   * @param attempt which try of the message it answers, from 0 on
   * @returns false for what is none of his: another community, a forgery
   */
  receive(message: SnmpMessage, bytes: Buffer, attempt: number): boolean
  /** A datagram came from the address, and it is no SNMP message: most often one that was cut short. */
  receiveGarbage?(): void
}

/** One message to one device, sent again until an answer comes. */
export interface Exchange {
  address: string
  port: number
  /** Milliseconds to wait after the last try. */
  timeout: number
  retries: number
  /** How long the device takes; learns from this exchange too. */
  roundTrip: RoundTrip
  /** The bytes of one try: each has an id of its own. */
  encode(id: number): Buffer
  signal?: AbortSignal | undefined
}

/** What one sweep may hold back, in sockets: some 16,000 addresses that do not answer ARP, at the usual buffer size. */
const MOST_SWEEPING = 32
/** Ids take four bytes, the lowest bits of which say which try it is. */
const FIRST_ID = 0x01000000
const LAST_ID = 0x7fffffff - MAX_TRIES

/**
 * The UDP sockets for everything that is asked: one for the sweep and one for all sessions, of each address family, opened when
 * first needed. Answers find their waiter by message id and are held against the address that was asked; what nobody waits
 * for is counted. All datagrams together keep to one rate, those of sessions before those of the sweep.
 */
export class Wire {
  /** Datagrams handed to the system. */
  sent = 0
  /** Datagrams that came and that nobody waited for: late, from elsewhere, or forged. */
  strays = 0
  /** Datagrams that the system refused, by its error code. */
  readonly refused = new Map<string, number>()
  readonly pacer: Pacer
  readonly loss = new LossMeter()
  private readonly pools = new Map<string, SocketPool>()
  private readonly waiters = new Map<number, Waiter>()
  private readonly peers = new Map<string, Waiter>()
  private readonly queue: Array<() => void> = []
  private isDraining = false
  private lastId = FIRST_ID + Math.floor(Math.random() * (LAST_ID - FIRST_ID))
  private readonly onSent = (error: NodeJS.ErrnoException | null) => {
    if (error) this.refuse(error)
    else this.sent++
  }

  /** @param rate datagrams a second; 0 for no limit */
  constructor(rate = 0) {
    this.pacer = new Pacer(rate)
  }

  /** A message id that no waiter holds; the tries of the message add 0 to 7 to it. */
  newId(): number {
    do this.lastId = this.lastId >= LAST_ID ? FIRST_ID : this.lastId - (this.lastId % MAX_TRIES) + MAX_TRIES
    while (this.waiters.has(this.lastId / MAX_TRIES))
    return this.lastId
  }

  expect(id: number, waiter: Waiter): void {
    this.waiters.set(id / MAX_TRIES, waiter)
    if (waiter.receiveGarbage) this.peers.set(`${waiter.address} ${waiter.port}`, waiter)
  }

  forget(id: number): void {
    const waiter = this.waiters.get(id / MAX_TRIES)
    this.waiters.delete(id / MAX_TRIES)
    if (waiter?.receiveGarbage) this.peers.delete(`${waiter.address} ${waiter.port}`)
  }

  /** True when sessions have datagrams that wait for their time: they go first. */
  get isBusy(): boolean {
    return this.queue.length > 0
  }

  /**
   * Hands one datagram of a session to the system at once. What the system refuses is counted in `refused`.
   *
   * @param onRefused is told the error code
   */
  send(bytes: Buffer, address: string, port: number, onRefused?: (code: string) => void): void {
    const pool = this.poolFor('session', address)
    const done = onRefused
      ? (error: NodeJS.ErrnoException | null) => (error ? onRefused(this.refuse(error)) : this.onSent(null))
      : this.onSent
    if (pool.first) pool.first.send(bytes, port, address, done)
    else pool.open().then((socket) => socket.send(bytes, port, address, done), done)
  }

  /** False while the system holds back what the sweep sent to addresses like this one. */
  canSweep(address: string): boolean {
    const pool = this.poolFor('sweep', address)
    return pool.hasFailed || pool.clear() !== null
  }

  /** Hands one datagram of the sweep to the system; `canSweep` must have said that it may. */
  sweep(bytes: Buffer, address: string, port: number): void {
    const pool = this.poolFor('sweep', address)
    const socket = pool.clear() ?? pool.first
    if (socket) socket.send(bytes, port, address, this.onSent)
    else pool.open().then((opened) => opened.send(bytes, port, address, this.onSent), this.onSent)
  }

  /**
   * Sends a message and sends it again after each wait, until `accept` takes an answer. A late answer to an early try
   * counts. A datagram that is no message ends the wait early.
   *
   * @param accept gives the result of an answer, `undefined` to go on waiting; what it throws ends the exchange
   * @throws SnmpError timeout, aborted, send_failed, bad_answer (a datagram that is no message) or what `accept` throws
   */
  exchange<T>(exchange: Exchange, accept: (message: SnmpMessage, bytes: Buffer) => T | undefined): Promise<T> {
    const { address, port, timeout, retries, roundTrip, encode, signal } = exchange
    const waits = roundTrip.waits(timeout, retries, this.loss.isNoticed)
    const tries = waits.length
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(new SnmpError('aborted', `${address}: given up`))
      const id = this.newId()
      const sentAt: number[] = []
      let isOver = false
      let timer: NodeJS.Timeout | undefined
      const end = (settle: () => void) => {
        isOver = true
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.forget(id)
        settle()
      }
      const fail = (error: unknown) => end(() => reject(error))
      const onAbort = () => fail(new SnmpError('aborted', `${address}: given up`))
      const onRefused = (code: string) => {
        if (!isOver && sentAt.length >= tries) fail(new SnmpError('send_failed', `${address}: ${code}`))
      }
      // Where this program is what is slow, the answer is here and has not been looked at.
      const tryWhenRead = () => setImmediate(() => setImmediate(() => !isOver && tryNext()))
      const tryNext = () => {
        if (sentAt.length >= tries) return fail(new SnmpError('timeout', `${address} does not answer`))
        this.whenPaced(() => {
          if (isOver || sentAt.length >= tries) return
          const attempt = sentAt.length
          sentAt.push(performance.now())
          timer = setTimeout(tryWhenRead, waits[attempt])
          this.send(encode(id + attempt), address, port, onRefused)
        })
      }
      signal?.addEventListener('abort', onAbort)
      this.expect(id, {
        address,
        port,
        receive: (message, bytes, attempt) => {
          const began = sentAt[attempt]
          if (began === undefined) return false
          try {
            const result = accept(message, bytes)
            if (result === undefined) return false
            roundTrip.heard(performance.now() - began)
            this.loss.heard(attempt)
            end(() => resolve(result))
          } catch (error) {
            fail(error)
          }
          return true
        },
        receiveGarbage: () => {
          clearTimeout(timer)
          if (sentAt.length < tries) tryNext()
          else fail(new SnmpError('bad_answer', `${address} sent a datagram that is no SNMP message`))
        },
      })
      tryNext()
    })
  }

  /** How many datagrams found a receive buffer full since this was last asked, as far as the system says. */
  async countOverflow(): Promise<number> {
    const counts = await Promise.all([...this.pools.values()].map((pool) => pool.countOverflow()))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()))
    this.pools.clear()
  }

  /** Calls back when one more datagram may go; in order. */
  private whenPaced(send: () => void): void {
    if (this.queue.length === 0 && this.pacer.take()) send()
    else {
      this.queue.push(send)
      if (!this.isDraining) this.drain()
    }
  }

  private drain(): void {
    let sent = 0
    while (sent < this.queue.length && this.pacer.take()) (this.queue[sent++] as () => void)()
    this.queue.splice(0, sent)
    this.isDraining = this.queue.length > 0
    if (this.isDraining) setTimeout(() => this.drain(), this.pacer.wait)
  }

  private refuse(error: NodeJS.ErrnoException): string {
    // A socket that could not be opened brings the system's own error as its cause.
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.code ?? error.message
    // no room for more neighbours, or for more datagrams: as good as lost
    if (code === 'ENOBUFS' || code === 'EAGAIN') this.loss.expect()
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1)
    return code
  }

  private poolFor(use: 'sweep' | 'session', address: string): SocketPool {
    const family: Family = address.includes(':') ? 6 : 4
    const key = `${use}${family}`
    let pool = this.pools.get(key)
    if (!pool) {
      const most = use === 'sweep' ? MOST_SWEEPING : 1
      pool = new SocketPool(family, most, (bytes, from, port) => this.receive(bytes, from, port))
      this.pools.set(key, pool)
    }
    return pool
  }

  private receive(bytes: Buffer, address: string, port: number): void {
    let message: SnmpMessage
    try {
      message = decodeMessage(bytes)
    } catch {
      const waiter = this.peers.get(`${address} ${port}`)
      if (waiter?.receiveGarbage) waiter.receiveGarbage()
      else this.strays++
      return
    }
    const id = message.version === '3' ? message.msgId : message.pdu.requestId
    const attempt = id % MAX_TRIES
    const waiter = this.waiters.get((id - attempt) / MAX_TRIES)
    const isHis = waiter !== undefined && waiter.address === address && waiter.port === port
    if (!isHis || !waiter.receive(message, bytes, attempt)) this.strays++
  }
}
