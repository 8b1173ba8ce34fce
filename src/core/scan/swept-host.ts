import type { CommunityCredential } from '../model/credential.ts'
import type { SnmpMessage } from '../snmp/message.ts'
import type { Waiter } from '../snmp/wire.ts'
import { ASKED, type Probes } from './probes.ts'

/** Who asks, as an asked address sees it. */
export interface Sweeper {
  readonly port: number
  /** Milliseconds from a try of a host to now. */
  measure(host: SweptHost, attempt: number): number
  /** An answer came for a host's try; the credential is null for that of an SNMPv3 engine. */
  hear(host: SweptHost, attempt: number, isFirst: boolean, credential: CommunityCredential | null): void
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
  private readonly sweep: Sweeper
  readonly probes: Probes
  private heard: Heard | null = null

  constructor(sweep: Sweeper, address: string, probes: Probes, id: number) {
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
