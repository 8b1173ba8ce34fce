const DAY_MS = 86_400_000

/** Midnight (UTC) of the day that a moment is in. */
export const startOfDay = (at: number) => Math.floor(at / DAY_MS) * DAY_MS
export const endOfDay = (day: number) => day + DAY_MS

/** The first midnight (UTC) of the month that a moment is in. */
export function startOfMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}
export function endOfMonth(month: number): number {
  const date = new Date(month)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
