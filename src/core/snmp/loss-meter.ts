/** Of so many addresses one may be missed for lost packets. */
const MISSED = 1e-5
/** Tries that count as answered before any was: one lost packet of few is no bad network. */
const BENEFIT = 10

const LOSSY = 0.01

/** How many tries there can be of one message: as many ids as `Wire.newId` keeps for it. */
export const MAX_TRIES = 8

/**
 * How much of what is sent goes unanswered by devices that do answer: what a network loses on both ways. An answer says
 * to which try it belongs, so the tries before it are known to be lost, or to be overtaken.
 */
export class LossMeter {
  private tries = 0
  private lost = 0
  private isExpected = false

  /** @param before tries of the same message that went before the one that was answered */
  heard(before: number): void {
    this.tries += before + 1
    this.lost += before
  }

  /** From 0 to 1. */
  get rate(): number {
    return this.lost / (this.tries + BENEFIT)
  }

  /** Something was lost before it was sent: what is asked gets all the tries there are. */
  expect(): void {
    this.isExpected = true
  }

  /** True when more gets lost than happens on any network. */
  get isNoticed(): boolean {
    return this.isExpected || this.rate > LOSSY
  }

  /** How many tries make a silent address a dead one: `usual` on a quiet network, more where packets get lost. */
  triesFor(usual: number): number {
    const { rate } = this
    if (this.isExpected) return Math.max(usual, MAX_TRIES)
    const needed = rate > 0 ? Math.ceil(Math.log(MISSED) / Math.log(rate)) : 0
    return Math.min(Math.max(usual, MAX_TRIES), Math.max(usual, needed))
  }
}
