/** A time of each day, local, in which printers are left alone. Minutes since midnight; `to` before `from` passes midnight. */
export interface QuietHours {
  readonly from: number
  readonly to: number
}

/** True when a moment (milliseconds since 1970) lies in one of the times, by the local clock. `to` is no longer quiet. */
export function isQuiet(times: readonly QuietHours[], moment: number): boolean {
  if (times.length === 0) return false
  const local = new Date(moment)
  const minute = local.getHours() * 60 + local.getMinutes()
  return times.some(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to))
}
