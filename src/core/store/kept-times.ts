import { TOLERANCE_MS } from './judge-time.ts'

/**
 * True for a time that was kept while the clock of the server ran ahead. What comes now is later, whatever it says: until
 * that time has come nothing would be, and everything would stay as it was.
 *
 * @param now arrival of what is held against it
 */
export const isAhead = (kept: number, now: number): boolean => kept - now > TOLERANCE_MS

/** The later one of a kept time and one that came now. */
export const laterOf = (kept: number | null, time: number, now: number): number =>
  kept === null || isAhead(kept, now) ? time : Math.max(kept, time)
