import { describeAge } from '../../core/output/describe-age.ts'
import type { Frame } from './frame.ts'

/** When, and for whom, ages are told. */
export type Moment = Pick<Frame, 'now' | 'isPlain'>

const MINUTE = 60_000

/** The moment that a screen is drawn for. A screen reader reads again whatever changes: for it time goes on by the minute. */
export function readClock(now: number, isPlain: boolean): number {
  return isPlain ? Math.floor(now / MINUTE) * MINUTE : now
}

/** `12 s`, `5 min`; for a screen reader nothing that changes by the second. */
export function wordAge(milliseconds: number, { isPlain }: Pick<Moment, 'isPlain'>): string {
  return isPlain && milliseconds < MINUTE ? 'less than a minute' : describeAge(milliseconds)
}

/** `12 s ago`, `never` */
export function wordAgo(time: string | null, moment: Moment): string {
  return time === null ? 'never' : `${wordAge(moment.now - Date.parse(time), moment)} ago`
}
