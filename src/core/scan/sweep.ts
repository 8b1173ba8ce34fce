import type { CommunityCredential, Credential } from '../model/credential.ts'
import { encodeCommunityMessage, type SnmpMessage } from '../snmp/message.ts'
import { requestPdu } from '../snmp/request-pdu.ts'
import { encodeDiscovery } from '../snmp/user-session.ts'
import { retryWaits, type Wire } from '../snmp/wire.ts'

const ASKED = ['1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.1.0'] // sysObjectID, sysDescr
const TICK = 5
/** Addresses that are waited for at one time; more wait their turn. */
const MAX_OUTSTANDING = 16_384

export interface SweepOptions {
  wire: Wire
  addresses: Iterable<string>
  port: number
  timeout: number
  retries: number
  /** Datagrams a second. */
  rate: number
  credentialsFor(address: string): readonly Credential[]
  onAnswer(host: SweptHost): void
  /** Every address has been asked and has answered or been given up. */
  signal: AbortSignal
}

/** One address while it is asked: what came, and whether more may come. */
export class SweptHost {
  readonly address: string
  readonly probes: Probes
  readonly id: number
  /** Community credentials whose probe was answered. */
  readonly answered = new Set<CommunityCredential>()
  /** True once its SNMPv3 engine has answered a discovery. */
  hasEngine = false
  /** The first answer's sysObjectID and sysDescr, as text. */
  objectId: string | null = null
  description: string | null = null
  attempt = 0
  /** Milliseconds from the first try to the first answer: never less than the device takes. */
  roundTrip = 0
  readonly began = performance.now()
  over = false
  private readonly waiting: Array<() => void> = []

  constructor(address: string, probes: Probes, id: number) {
    this.address = address
    this.probes = probes
    this.id = id
  }

  /** Resolves when no more can come. */
  settled(): Promise<void> {
    return this.over ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve))
  }

  end(): void {
    this.over = true
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}

/** The datagrams that one list of credentials makes, attempt by attempt: versions of one community take turns. */
interface Probes {
  communities: Array<{ community: Buffer; credentials: CommunityCredential[] }>
  discovery: boolean
}

function composeProbes(credentials: readonly Credential[]): Probes {
  const probes: Probes = { communities: [], discovery: credentials.some(({ version }) => version === '3') }
  for (const credential of credentials) {
    if (credential.version === '3') continue
    const community = Buffer.from(credential.community.reveal())
    const known = probes.communities.find((entry) => entry.community.equals(community))
    if (!known) probes.communities.push({ community, credentials: [credential] })
    else if (!known.credentials.some(({ version }) => version === credential.version))
      known.credentials.push(credential)
  }
  return probes
}

function* datagrams(host: SweptHost): Generator<Buffer> {
  const { communities, discovery } = host.probes
  for (const { community, credentials } of host.answered.size === 0 ? communities : []) {
    const { version } = credentials[host.attempt % credentials.length] as CommunityCredential
    yield encodeCommunityMessage({ version, community, pdu: requestPdu('get', host.id, ASKED, 0) })
  }
  if (discovery && !host.hasEngine) yield encodeDiscovery(host.id)
}

/**
 * Asks every address whether it speaks SNMP: one small datagram for each community (and one for SNMPv3), sent again to
 * the silent ones, never faster than `rate`. A dead address costs its datagrams and one table entry while it is waited
 * for. Addresses are drawn as they are needed.
 */
export class Sweep {
  asked = 0
  answered = 0
  private readonly options: SweepOptions
  private readonly waits: number[]
  /** For each attempt, who waits for it to be over; all wait equally long, so each list is in order of time. */
  private readonly queues: Array<Array<{ host: SweptHost; due: number }>>
  private readonly heads: number[]
  private outstanding = 0
  private readonly probes = new WeakMap<readonly Credential[], Probes>()

  constructor(options: SweepOptions) {
    this.options = options
    this.waits = retryWaits(options.timeout, options.retries)
    this.queues = this.waits.map(() => [])
    this.heads = this.waits.map(() => 0)
  }

  /** Runs to the end, or until the signal aborts. */
  async run(): Promise<void> {
    const addresses = this.options.addresses[Symbol.iterator]()
    let more = true
    let budget = 0
    let last = performance.now()
    while ((more || this.outstanding > 0) && !this.options.signal.aborted) {
      const now = performance.now()
      budget = Math.min(budget + ((now - last) * this.options.rate) / 1000, Math.max(1, this.options.rate / 20))
      last = now
      while (budget >= 1) {
        const sent = this.askAgain(now) ?? (more && this.outstanding < MAX_OUTSTANDING ? this.askNext(addresses) : null)
        if (sent === null) break
        if (sent === 'end') more = false
        else budget -= sent
      }
      this.dropExpired(now)
      await new Promise((resolve) => setTimeout(resolve, TICK))
    }
    for (const [attempt, queue] of this.queues.entries()) {
      for (const { host } of queue.slice(this.heads[attempt])) this.finish(host)
    }
  }

  private askNext(addresses: Iterator<string>): number | 'end' {
    const { value: address, done } = addresses.next()
    if (done) return 'end'
    const host = new SweptHost(address, this.probesFor(address), this.options.wire.newId())
    this.options.wire.expect(host.id, {
      address,
      port: this.options.port,
      receive: (message) => this.receive(host, message),
    })
    this.asked++
    this.outstanding++
    return this.send(host)
  }

  /** Sends the next attempt of whoever is due; null when nobody is. */
  private askAgain(now: number): number | null {
    for (let attempt = 0; attempt < this.waits.length - 1; attempt++) {
      const entry = this.takeDue(attempt, now)
      if (!entry) continue
      if (entry.over) return 0
      entry.attempt = attempt + 1
      return this.send(entry)
    }
    return null
  }

  private dropExpired(now: number): void {
    for (;;) {
      const host = this.takeDue(this.waits.length - 1, now)
      if (!host) return
      this.finish(host)
    }
  }

  private takeDue(attempt: number, now: number): SweptHost | null {
    const queue = this.queues[attempt] as Array<{ host: SweptHost; due: number }>
    const head = this.heads[attempt] as number
    const entry = queue[head]
    if (!entry || entry.due > now) return null
    this.heads[attempt] = head + 1
    if (head > 1024 && head * 2 > queue.length) {
      queue.splice(0, head + 1)
      this.heads[attempt] = 0
    }
    return entry.host
  }

  private send(host: SweptHost): number {
    let sent = 0
    for (const bytes of datagrams(host)) {
      sent++
      void this.options.wire.send(bytes, host.address, this.options.port)
    }
    const wait = this.waits[host.attempt] as number
    this.queues[host.attempt]?.push({ host, due: performance.now() + wait })
    return sent
  }

  private probesFor(address: string): Probes {
    const credentials = this.options.credentialsFor(address)
    const probes = this.probes.get(credentials) ?? composeProbes(credentials)
    this.probes.set(credentials, probes)
    return probes
  }

  private receive(host: SweptHost, message: SnmpMessage): void {
    const isFirst = host.answered.size === 0 && !host.hasEngine
    if (message.version === '3') host.hasEngine = true
    else {
      const { community, version } = message
      const probed = host.probes.communities.find((entry) => entry.community.equals(community))
      const credential = probed?.credentials.find((each) => each.version === version)
      if (!credential) return
      host.answered.add(credential)
      for (const { oid, value } of message.pdu.varbinds) {
        if (oid === ASKED[0] && value.type === 'oid') host.objectId ??= value.value
        if (oid === ASKED[1] && value.type === 'octets')
          host.description ??= Buffer.from(value.value).toString('latin1')
      }
    }
    if (isFirst) {
      host.roundTrip = performance.now() - host.began
      this.answered++
      this.options.onAnswer(host)
    }
    const { communities, discovery } = host.probes
    if ((host.answered.size > 0 || communities.length === 0) && (host.hasEngine || !discovery)) this.finish(host)
  }

  private finish(host: SweptHost): void {
    if (host.over) return
    this.outstanding--
    this.options.wire.forget(host.id)
    host.end()
  }
}
