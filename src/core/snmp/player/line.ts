import { type Fault, findFault } from './faults.ts'
import type { Random } from './random.ts'
import type { PlayerStats } from './stats.ts'

/** One datagram on its way out. */
export interface Delivery {
  readonly bytes: Buffer
  readonly delayMs: number
  /** Sent from a port that nobody asked. */
  readonly fromStranger: boolean
}

const MAX_QUEUE = 64
const STRIKES = ['request-loss', 'reply-loss', 'loss', 'truncate', 'garbage', 'wrong-sender', 'duplicate'] as const
type Strike = (typeof STRIKES)[number]

/** What the network and a poor network card do to a device's datagrams. Decides only; the player sends. */
export class FaultyLine {
  private readonly random: Random
  private readonly now: () => number
  private readonly stats: PlayerStats
  private readonly isSilent: boolean
  private readonly percent = new Map<Strike, number>()
  private readonly latencyMs: number
  private readonly jitterMs: number
  private readonly slowMs: number
  private busyUntil = 0

  constructor(options: { faults: readonly Fault[]; random: Random; now: () => number; stats: PlayerStats }) {
    const { faults, random } = options
    this.random = random
    this.now = options.now
    this.stats = options.stats
    // Drawn first, so that the same seed silences the same devices whatever the other faults are.
    this.isSilent = random() * 100 < (findFault(faults, 'silence')?.percent ?? 0)
    this.latencyMs = findFault(faults, 'latency')?.ms ?? 0
    this.jitterMs = findFault(faults, 'jitter')?.ms ?? 0
    this.slowMs = findFault(faults, 'slow')?.ms ?? 0
    for (const kind of STRIKES) {
      const fault = findFault(faults, kind)
      if (fault) this.percent.set(kind, fault.percent)
    }
  }

  /** False when the request never reaches the device. */
  admits(): boolean {
    const isFull = this.slowMs > 0 && this.busyUntil - this.now() >= this.slowMs * MAX_QUEUE
    if (this.isSilent || isFull || this.strikes('request-loss') || this.strikes('loss')) {
      this.stats.lost_requests++
      return false
    }
    return true
  }

  /** What leaves the device in place of `reply`: nothing, one datagram or two. */
  deliver(reply: Buffer): Delivery[] {
    const delayMs = this.delay()
    if (this.strikes('reply-loss') || this.strikes('loss')) {
      this.stats.lost_replies++
      return []
    }
    let bytes = reply
    if (this.strikes('truncate')) bytes = bytes.subarray(0, Math.floor(this.random() * bytes.length))
    if (this.strikes('garbage')) bytes = Buffer.from(bytes).map(() => Math.floor(this.random() * 256)) as Buffer
    const delivery = { bytes, delayMs, fromStranger: this.strikes('wrong-sender') }
    return this.strikes('duplicate') ? [delivery, delivery] : [delivery]
  }

  private delay(): number {
    const latency = this.jitterMs > 0 ? this.latencyMs + this.random() * this.jitterMs : this.latencyMs
    if (this.slowMs === 0) return latency
    const now = this.now()
    this.busyUntil = Math.max(this.busyUntil, now) + this.slowMs
    return latency + this.busyUntil - now
  }

  private strikes(kind: Strike): boolean {
    const percent = this.percent.get(kind)
    return percent !== undefined && this.random() * 100 < percent
  }
}
