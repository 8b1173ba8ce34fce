/** A burst may hold what the rate allows for this long: above it in ten milliseconds by a fifth at most. */
const BURST_MS = 2

/** Keeps datagrams to a rate: time earns tokens, each datagram costs one, and little is saved up. */
export class Pacer {
  private readonly perMs: number
  private readonly most: number
  private tokens = 1
  private last = performance.now()

  /** @param rate datagrams a second; 0 for no limit */
  constructor(rate: number) {
    this.perMs = rate > 0 ? rate / 1000 : Number.POSITIVE_INFINITY
    this.most = Math.max(1, this.perMs * BURST_MS)
  }

  get isUnlimited(): boolean {
    return this.perMs === Number.POSITIVE_INFINITY
  }

  /** Pays for one datagram; false when it is not yet its time. */
  take(now = performance.now()): boolean {
    if (this.isUnlimited) return true
    this.tokens = Math.min(this.most, this.tokens + (now - this.last) * this.perMs)
    this.last = now
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }

  /** Counts a datagram that went with another: the next ones wait for it. */
  owe(): void {
    if (!this.isUnlimited) this.tokens--
  }

  /** Milliseconds until the next datagram may go. */
  get wait(): number {
    return this.isUnlimited || this.tokens >= 1 ? 0 : (1 - this.tokens) / this.perMs
  }
}
