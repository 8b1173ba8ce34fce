import type { WatchLog } from './watch-log.ts'

/** As many addresses that are silent together may be silent for one reason. */
const FEW = 5
/** Milliseconds after which silence is taken for what it looks like. */
const LONGEST_DOUBT_MS = 30 * 60_000

/**
 * Tells printers that are silent from a machine that has lost its network. Where more than a few addresses are watched, a
 * printer counts as silent only when some other one has answered since it fell silent, or after half an hour. All times
 * are of the steady clock.
 */
export function createNetworkDoubt(log: WatchLog): {
  /** Any device answered. */
  heard(now: number): void
  /**
   * True when a printer is silent for itself.
   * @param watched addresses with printers that are online
   */
  isLone(silentSince: number, watched: number, now: number): boolean
} {
  let heardAt = Number.NEGATIVE_INFINITY
  let isDoubting = false
  return {
    heard(now) {
      heardAt = now
      if (!isDoubting) return
      isDoubting = false
      log.info({}, 'printers answer again')
    },
    isLone(silentSince, watched, now) {
      if (watched < FEW || heardAt >= silentSince || now - silentSince >= LONGEST_DOUBT_MS) return true
      if (!isDoubting) {
        isDoubting = true
        log.warn(
          { printers: watched },
          "no printer answers any more: this may be this machine's network, so none is declared offline for now",
        )
      }
      return false
    },
  }
}
