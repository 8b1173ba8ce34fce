import { MAX_TRIES } from './loss-meter.ts'

/** Sooner than this nothing is asked again: schedulers and busy devices take as long. */
const SHORTEST = 50
/** From one wait to the next where packets get lost; twice as long is for devices that have too much to do. */
const LOSSY_GROWTH = 1.4
/** A device that was only heard to answer something short may take longer for a long list. */
const FIRST_SHORTEST = 150

/**
 * How long one device takes to answer, learnt from its answers as TCP does (RFC 6298): smoothed time and deviation. A lost
 * datagram so costs about two of its round trips.
 */
export class RoundTrip {
  private smoothed: number
  private deviation = 0
  private isMeasured = false

  /** @param guess milliseconds that its first answer took; 0 when there was none */
  constructor(guess = 0) {
    this.smoothed = guess
  }

  heard(milliseconds: number): void {
    if (this.isMeasured) {
      this.deviation = 0.75 * this.deviation + 0.25 * Math.abs(milliseconds - this.smoothed)
      this.smoothed = 0.875 * this.smoothed + 0.125 * milliseconds
    } else {
      this.smoothed = milliseconds
      this.deviation = milliseconds / 2
      this.isMeasured = true
    }
  }

  /**
   * Milliseconds to wait after each try of a message, the last of them the timeout, or twice the round trip of a device that
   * is slower. A device that was never heard gets its `retries`, after a quarter of the timeout, a half, and the whole. One
   * that was gets a try after two of its round trips, doubling, and so more of them in the same time; all there are, growing
   * more slowly, where it is the network that loses them.
   */
  waits(timeout: number, retries: number, isLossy = false): number[] {
    const isKnown = this.smoothed > 0
    const shortest = this.isMeasured ? SHORTEST : isKnown ? FIRST_SHORTEST : timeout / 4
    const last = Math.min(4 * timeout, Math.max(timeout, 2 * this.smoothed))
    const most = isLossy && retries > 0 ? MAX_TRIES - 1 : Math.min(retries, MAX_TRIES - 1)
    const growth = isLossy && isKnown ? LOSSY_GROWTH : 2
    const waits: number[] = []
    let wait = Math.max(shortest, 2 * this.smoothed + 4 * this.deviation)
    for (let sum = 0; waits.length < most || (isKnown && most > 0 && sum < (timeout * most) / 2); wait *= growth) {
      if (waits.length === MAX_TRIES - 1) break
      waits.push(Math.min(wait, last))
      sum += Math.min(wait, last)
    }
    return [...waits, last].map(Math.round)
  }
}
