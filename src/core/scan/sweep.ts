import type { CommunityCredential, Credential } from '../model/credential.ts'
import { DatagramTemplate } from '../snmp/datagram.ts'
import { MAX_TRIES } from '../snmp/loss-meter.ts'
import { encodeCommunityMessage, type SnmpMessage } from '../snmp/message.ts'
import { requestPdu } from '../snmp/request-pdu.ts'
import { encodeDiscovery } from '../snmp/user-session.ts'
import type { Waiter, Wire } from '../snmp/wire.ts'

const ASKED = ['1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.1.0'] // sysObjectID, sysDescr
/** Addresses that are waited for at one time; more wait their turn. */
const MAX_OUTSTANDING = 65_536
/** Datagrams before answers are looked at again: fewer than the smallest usual receive buffer has room for. */
const MAX_BURST = 64
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

/** One address while it is asked; there are many of them, so that what only an answer brings stands apart. */
export class SweptHost implements Waiter {
  readonly address: string
  readonly id: number
  /** Of the last try so far, from 0 on. */
  attempt = 0
  /** Whole milliseconds: when that try was sent. */
  sentAt = 0
  over = false
  private readonly sweep: Sweep
  readonly probes: Probes
  private heard: Heard | null = null

  constructor(sweep: Sweep, address: string, probes: Probes, id: number) {
    this.sweep = sweep
    this.address = address
    this.probes = probes
    this.id = id
  }

  get port(): number {
    return this.sweep.port
  }

  /** Community credentials whose probe was answered. */
  get answered(): ReadonlySet<CommunityCredential> {
    return this.heard?.credentials ?? NONE
  }

  /** True once its SNMPv3 engine has answered a discovery. */
  get hasEngine(): boolean {
    return this.heard?.hasEngine ?? false
  }

  /** The first answer's sysObjectID and sysDescr, as text. */
  get objectId(): string | null {
    return this.heard?.objectId ?? null
  }

  get description(): string | null {
    return this.heard?.description ?? null
  }

  /** Milliseconds from a try to its answer. */
  get roundTrip(): number {
    return this.heard?.roundTrip ?? 0
  }

  /** Resolves when no more can come. */
  settled(): Promise<void> {
    return this.over ? Promise.resolve() : new Promise((resolve) => this.keep().waiting.push(resolve))
  }

  end(): void {
    this.over = true
    for (const resolve of this.heard?.waiting.splice(0) ?? []) resolve()
  }

  receive(message: SnmpMessage, _bytes: Buffer, attempt: number): boolean {
    const credential = message.version === '3' ? null : this.probes.find(message)
    if (credential === undefined) return false
    const isFirst = this.answered.size === 0 && !this.hasEngine
    const heard = this.keep()
    if (message.version === '3' || credential === null) heard.hasEngine = true
    else {
      heard.credentials.add(credential)
      for (const { oid, value } of message.pdu.varbinds) {
        if (oid === ASKED[0] && value.type === 'oid') heard.objectId ??= value.value
        if (oid === ASKED[1] && value.type === 'octets')
          heard.description ??= Buffer.from(value.value).toString('latin1')
      }
    }
    if (isFirst) heard.roundTrip = this.sweep.measure(this, attempt)
    this.sweep.hear(this, attempt, isFirst, credential)
    return true
  }

  private keep(): Heard {
    this.heard ??= {
      credentials: new Set(),
      hasEngine: false,
      objectId: null,
      description: null,
      roundTrip: 0,
      waiting: [],
    }
    return this.heard
  }
}

/** What came from an address, and who waits for more of it. */
interface Heard {
  credentials: Set<CommunityCredential>
  hasEngine: boolean
  objectId: string | null
  description: string | null
  roundTrip: number
  waiting: Array<() => void>
}

const NONE: ReadonlySet<CommunityCredential> = new Set()

interface Probe {
  credential: CommunityCredential
  community: Buffer
  template: DatagramTemplate
}

/** The datagrams that one list of credentials makes, try by try. */
class Probes {
  /** By community, in the order of the credentials; of each the newest version first. */
  private readonly communities: Probe[][] = []
  private readonly discovery: DatagramTemplate | null
  /** What is sent to a host that has not answered, by try. */
  private readonly toSilent: DatagramTemplate[][] = []

  constructor(credentials: readonly Credential[]) {
    for (const credential of credentials) {
      if (credential.version === '3') continue
      const community = Buffer.from(credential.community.reveal())
      const { version } = credential
      const template = new DatagramTemplate((id) =>
        encodeCommunityMessage({ version, community, pdu: requestPdu('get', id, ASKED, 0) }),
      )
      const known = this.communities.find(([first]) => first?.community.equals(community))
      if (!known) this.communities.push([{ credential, community, template }])
      else if (known.every((probe) => probe.credential.version !== version)) {
        known.push({ credential, community, template })
        known.sort((a, b) => b.credential.version.localeCompare(a.credential.version))
      }
    }
    this.discovery = credentials.some(({ version }) => version === '3') ? new DatagramTemplate(encodeDiscovery) : null
  }

  get hasCommunities(): boolean {
    return this.communities.length > 0
  }

  get hasDiscovery(): boolean {
    return this.discovery !== null
  }

  /**
   * What is sent to a host at one try, `usual` being how many tries a quiet network gets. The first community is asked at
   * every try, in its newest version until the last of the usual ones, which is for devices that know v1 only; behind
   * that the versions take turns. Each further community is asked once in each version; where the network loses packets
   * as often as the first.
   */
  at(attempt: number, usual: number, host: SweptHost): readonly DatagramTemplate[] {
    if (host.answered.size > 0 || host.hasEngine) return this.compose(attempt, usual, host)
    this.toSilent[attempt] ??= this.compose(attempt, usual, host)
    return this.toSilent[attempt]
  }

  private compose(attempt: number, usual: number, host: SweptHost): DatagramTemplate[] {
    const templates: DatagramTemplate[] = []
    for (const [i, versions] of host.answered.size === 0 ? this.communities.entries() : []) {
      const isFurther = i > 0 && attempt >= versions.length && attempt < usual
      if (isFurther) continue
      const last = versions.length - 1
      const turn = i > 0 || attempt >= usual ? attempt % versions.length : attempt === usual - 1 ? last : 0
      templates.push((versions[turn] as Probe).template)
    }
    if (this.discovery && !host.hasEngine) templates.push(this.discovery)
    return templates
  }

  /** The credential that a message answers. */
  find(message: Exclude<SnmpMessage, { version: '3' }>): CommunityCredential | undefined {
    for (const versions of this.communities) {
      if (!versions[0]?.community.equals(message.community)) continue
      return versions.find(({ credential }) => credential.version === message.version)?.credential
    }
    return undefined
  }

  /** True when the tries before this one asked in the version that was answered: they are known to be lost. */
  askedBefore(attempt: number, usual: number, credential: CommunityCredential | null): boolean {
    if (credential === null) return true
    return attempt < usual - 1 && credential === this.communities[0]?.[0]?.credential
  }
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
export class Sweep {
  asked = 0
  answered = 0
  readonly port: number
  private readonly options: SweepOptions
  private readonly usual: number
  private readonly rounds: Round[] = []
  private outstanding = 0
  private slowest = 0
  /** Due, when the wire had no token left. */
  private unpaid: SweptHost | null = null
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
    let more = true
    while ((more || this.outstanding > 0) && !signal.aborted) {
      let burst = 0
      while (burst < MAX_BURST && !wire.isBusy) {
        const now = performance.now()
        const due = this.takeDue(now)
        if (!due && !(more && this.outstanding < MAX_OUTSTANDING)) break
        if (due?.over) continue
        // What is not paid for now is due again at once.
        if (!wire.pacer.take(now)) {
          if (due) this.unpaid = due
          break
        }
        const host = due ?? this.nextHost(addresses)
        if (!host) {
          more = false
          break
        }
        if (due) due.attempt++
        burst += this.send(host)
      }
      this.dropExpired(performance.now())
      await (burst >= MAX_BURST ? nextTurn() : pause())
    }
    for (const round of this.rounds) for (const host of round.rest()) this.finish(host)
  }

  /** Milliseconds from a try to now; when others were sent since, at least as long as there was between them. */
  measure(host: SweptHost, attempt: number): number {
    return Math.max(0, performance.now() - host.sentAt) + (host.attempt - attempt) * this.waitAfter(0)
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

  private nextHost(addresses: Iterator<string>): SweptHost | null {
    const { value: address, done } = addresses.next()
    if (done) return null
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
      wire.send(template.withId(host.id + host.attempt), host.address, port)
      if (sent++ > 0) wire.pacer.owe()
    }
    host.sentAt = Math.floor(performance.now())
    this.roundOf(host.attempt).push(host)
    return sent
  }

  /** A host whose wait after a try is over, and that gets another try. */
  private takeDue(now: number): SweptHost | null {
    const { unpaid } = this
    this.unpaid = null
    if (unpaid) return unpaid
    const tries = this.options.wire.loss.triesFor(this.usual)
    for (let attempt = 0; attempt < Math.min(tries - 1, this.rounds.length); attempt++) {
      const host = this.roundOf(attempt).take(now, this.waitAfter(attempt))
      if (host) return host
    }
    return null
  }

  private dropExpired(now: number): void {
    const tries = this.options.wire.loss.triesFor(this.usual)
    for (let attempt = tries - 1; attempt < this.rounds.length; attempt++) {
      for (;;) {
        const host = this.roundOf(attempt).take(now, this.lastWait)
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
const pause = () => new Promise((resolve) => setTimeout(resolve, 1))
