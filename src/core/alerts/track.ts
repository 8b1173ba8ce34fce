import type { AlertKind } from '../protocol/alerts.ts'
import type { Verdict } from './finding.ts'

/** One thing that may have an alert: what is open of it, what is about to be, and what was closed not long ago. */
export interface Track {
  readonly open: AlertKind | null
  readonly pending: { readonly kind: AlertKind; readonly since: number } | null
  readonly closed_at: Readonly<Partial<Record<AlertKind, number>>>
}

export interface Patience {
  /** Milliseconds that it has to last before an alert of this kind is opened. */
  afterMs(kind: AlertKind): number
  readonly quietMs: number
}

export interface Move {
  readonly track: Track
  readonly closes: AlertKind | null
  readonly opens: AlertKind | null
}

export const BLANK: Track = { open: null, pending: null, closed_at: {} }

/** Of alerts about the same thing, the worse ones. */
const RANKS: Readonly<Partial<Record<AlertKind, number>>> = { supply_low: 1, supply_empty: 2 }
const rank = (kind: AlertKind) => RANKS[kind] ?? 0

/**
 * What follows from a verdict. A condition has to last before its alert is opened; one that was closed does not come
 * again within the quiet time, nor does a lesser one about the same thing, but a worse one does. The worse takes the place
 * of the lesser and the other way round, so that one alert is open at most.
 * @param since the condition is known to be there since then
 */
export function moveTrack(track: Track, verdict: Verdict, now: number, patience: Patience, since = now): Move {
  const { open, closed_at } = track
  if (verdict === 'unclear') return stay({ ...track, pending: null })
  if (verdict === 'none') {
    if (open === null) return stay({ ...track, pending: null })
    return { track: { open: null, pending: null, closed_at: { ...closed_at, [open]: now } }, closes: open, opens: null }
  }
  if (open === verdict) return stay({ ...track, pending: null })
  // begun earlier, whatever it was called then
  const pending = { kind: verdict, since: Math.min(track.pending?.since ?? now, since) }
  const isBetter = open !== null && rank(verdict) < rank(open)
  if (!isBetter && now < findDue({ ...track, pending }, patience)) return stay({ ...track, pending })
  return {
    track: {
      open: verdict,
      pending: null,
      // what makes way for a worse one was not over
      closed_at: isBetter ? { ...closed_at, [open]: now } : closed_at,
    },
    closes: open,
    opens: verdict,
  }
}

/** When a pending alert is to be opened; Infinity when none is pending. */
export function findDue({ pending, closed_at }: Track, { afterMs, quietMs }: Patience): number {
  if (pending === null) return Number.POSITIVE_INFINITY
  const ends = Object.entries(closed_at)
    .filter(([kind]) => rank(kind as AlertKind) >= rank(pending.kind))
    .map(([, at]) => at + quietMs)
  return Math.max(pending.since + afterMs(pending.kind), ...ends)
}

/** True when nothing is lost by forgetting it. */
export function isBlank({ open, pending, closed_at }: Track, now: number, { quietMs }: Patience): boolean {
  return open === null && pending === null && Object.values(closed_at).every((at) => at + quietMs <= now)
}

const stay = (track: Track): Move => ({ track, closes: null, opens: null })
