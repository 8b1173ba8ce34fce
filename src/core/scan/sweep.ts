import type { CommunityCredential, Credential } from '../model/credential.ts'
import { MAX_TRIES } from '../snmp/loss-meter.ts'
import type { Wire } from '../snmp/wire.ts'
import { Probes } from './probes.ts'
import { type Sweeper, SweptHost } from './swept-host.ts'

/** Addresses that are waited for at one time; more wait their turn. */
const MAX_OUTSTANDING = 65_536
/** Datagrams before answers are looked at again: fewer than the smallest usual receive buffer has room for. */
const MAX_BURST = 64
/** Milliseconds that a turn of the loop takes when nothing else is to do. */
const LONGEST_TURN = 5
/** Milliseconds without anything to send after which the loop only looks now and then, and how long that is. */
const IDLE_AFTER = 100
const IDLE_TURN = 20
/** However fast the network is: behind a VPN the last answers take this long. */
const SHORTEST_LAST_WAIT = 500
/** The last wait is so many times the slowest answer. */
const SLOWER = 4

export interface SweepOptions {
  wire: Wire
  addresses: Iterable<string>
  port: number
  /** Milliseconds to wait after the last try while no answer has shown how long they take. */
  timeout: number
  /** On a network that loses nothing; one that does gets more. */
  retries: number
  credentialsFor(address: string): readonly Credential[]
  onAnswer(host: SweptHost): void
  signal: AbortSignal
}

/** Hosts whose last try so far has one number, in the order in which it was sent. */
class Round {
  private hosts: SweptHost[] = []
  private head = 0

  push(host: SweptHost): void {
    this.hosts.push(host)
  }

  /** The host that has waited longest, when it has waited until `now`. */
  take(now: number, wait: number): SweptHost | null {
    const host = this.hosts[this.head]
    if (!host || host.sentAt + wait > now) return null
    this.head++
    if (this.head > 1024 && this.head * 2 > this.hosts.length) {
      this.hosts = this.hosts.slice(this.head)
      this.head = 0
    }
    return host
  }

  rest(): SweptHost[] {
    return this.hosts.slice(this.head)
  }
}

/**
 * Asks every address whether it speaks SNMP: one small datagram, sent again to the silent ones, more often where the
 * answers show that packets get lost, never faster than the wire's rate. A dead address costs its datagrams and one table
 * entry while it is waited for. Addresses are drawn as they are needed.
 */
export class Sweep implements Sweeper {
  asked = 0
  answered = 0
  readonly port: number
  private readonly options: SweepOptions
  private readonly usual: number
  private readonly rounds: Round[] = []
  private outstanding = 0
  private slowest = 0
  /** Milliseconds in which this program could look at answers. */
  private clock = 0
  private lastTick = performance.now()
  private lastSent = 0
  /** What the loop means to wait now. */
  private turn = 1
  private more = true
  /** What could not go when it was its turn. */
  private held: SweptHost | null = null
  private readonly probes = new WeakMap<readonly Credential[], Probes>()

  constructor(options: SweepOptions) {
    this.options = options
    this.port = options.port
    this.usual = Math.min(options.retries + 1, MAX_TRIES)
  }

  /** Runs until every address has answered or been given up, or until the signal aborts. */
  async run(): Promise<void> {
    const { wire, signal } = this.options
    const addresses = this.options.addresses[Symbol.iterator]()
    while ((this.more || this.outstanding > 0) && !signal.aborted) {
      let burst = 0
      this.tick()
      while (burst < MAX_BURST && !wire.isBusy) {
        const host = this.held ?? this.takeDue() ?? this.nextHost(addresses)
        this.held = null
        if (!host) break
        if (host.over) continue
        // What cannot go now is the next that goes.
        if (!wire.canSweep(host.address) || !wire.pacer.take()) {
          this.held = host
          break
        }
        burst += this.send(host)
      }
      this.dropExpired()
      if (burst > 0) this.lastSent = this.clock
      const isIdle = !this.more && !this.held && this.clock - this.lastSent > IDLE_AFTER
      this.turn = isIdle ? IDLE_TURN : 1
      await (burst >= MAX_BURST ? nextTurn() : pause(this.turn))
    }
    for (const round of this.rounds) for (const host of round.rest()) this.finish(host)
    if (this.held) this.finish(this.held)
  }

  /** Milliseconds from a try to now; when others were sent since, at least as long as there was between them. */
  measure(host: SweptHost, attempt: number): number {
    return Math.max(0, this.clock - host.sentAt) + (host.attempt - attempt) * this.waitAfter(0)
  }

  /** An answer came for a host's try. */
  hear(host: SweptHost, attempt: number, isFirst: boolean, credential: CommunityCredential | null): void {
    const { probes } = host
    if (isFirst) {
      this.slowest = Math.max(this.slowest, host.roundTrip)
      if (probes.askedBefore(attempt, this.usual, credential)) this.options.wire.loss.heard(attempt)
      this.answered++
      this.options.onAnswer(host)
    }
    const isKnown = host.answered.size > 0 || !probes.hasCommunities
    if (isKnown && (host.hasEngine || !probes.hasDiscovery)) this.finish(host)
  }

  /**
   * Moves the clock on. Time in which this program was busy with other things does not count as waiting: the answers that
   * came in it have not been looked at.
   */
  private tick(): void {
    const now = performance.now()
    this.clock += Math.min(now - this.lastTick, this.turn - 1 + LONGEST_TURN)
    this.lastTick = now
  }

  private nextHost(addresses: Iterator<string>): SweptHost | null {
    if (!this.more || this.outstanding >= MAX_OUTSTANDING) return null
    const { value: address, done } = addresses.next()
    if (done) {
      this.more = false
      return null
    }
    const { wire } = this.options
    const host = new SweptHost(this, address, this.probesFor(address), wire.newId())
    wire.expect(host.id, host)
    this.asked++
    this.outstanding++
    return host
  }

  private send(host: SweptHost): number {
    const { wire, port } = this.options
    let sent = 0
    for (const template of host.probes.at(host.attempt, this.usual, host)) {
      wire.sweep(template.withId(host.id + host.attempt), host.address, port)
      if (sent++ > 0) wire.pacer.owe()
    }
    host.sentAt = Math.floor(this.clock)
    this.roundOf(host.attempt).push(host)
    return sent
  }

  /** A host whose wait after a try is over, and that gets another try. */
  private takeDue(): SweptHost | null {
    const tries = this.options.wire.loss.triesFor(this.usual)
    for (let attempt = 0; attempt < Math.min(tries - 1, this.rounds.length); attempt++) {
      const host = this.roundOf(attempt).take(this.clock, this.waitAfter(attempt))
      if (!host) continue
      host.attempt++
      return host
    }
    return null
  }

  private dropExpired(): void {
    const tries = this.options.wire.loss.triesFor(this.usual)
    for (let attempt = tries - 1; attempt < this.rounds.length; attempt++) {
      for (;;) {
        const host = this.roundOf(attempt).take(this.clock, this.lastWait)
        if (!host) break
        this.finish(host)
      }
    }
  }

  private roundOf(attempt: number): Round {
    let round = this.rounds[attempt]
    if (!round) {
      round = new Round()
      this.rounds[attempt] = round
    }
    return round
  }

  /** Milliseconds from one try to the next. */
  private waitAfter(attempt: number): number {
    return this.options.timeout / (attempt < this.usual - 1 ? 4 : 2)
  }

  /** Milliseconds to wait after the last try: learnt from the answers seen, once there are any. */
  private get lastWait(): number {
    const { timeout } = this.options
    if (this.answered === 0) return timeout
    return Math.min(timeout, Math.max(SHORTEST_LAST_WAIT, SLOWER * this.slowest))
  }

  private probesFor(address: string): Probes {
    const credentials = this.options.credentialsFor(address)
    const probes = this.probes.get(credentials) ?? new Probes(credentials)
    this.probes.set(credentials, probes)
    return probes
  }

  private finish(host: SweptHost): void {
    if (host.over) return
    this.outstanding--
    this.options.wire.forget(host.id)
    host.end()
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
/** A moment, and then what came in it has been looked at: nobody is asked again whose answer is here. */
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(() => setImmediate(resolve), milliseconds))
