import type { Look } from '../../core/output/paint.ts'
import type { MetricPeriod } from '../../core/protocol/metrics.ts'

const EIGHTHS = '▁▂▃▄▅▆▇█'
const STEPS = '.:-=+*#@'
const DAY = 86_400_000

/**
 * What a counter grew by on each of the last days, oldest first; null for a day without a reading. A counter that falls
 * was reset or is another device's: that day counts from zero, and never less than nothing.
 * @param now milliseconds since 1970
 */
export function listDailyGrowth(
  periods: readonly MetricPeriod[],
  counter: string,
  days: number,
  now: number,
): Array<number | null> {
  const today = Math.floor(now / DAY)
  const byDay = new Map<number, { first: number; last: number }>()
  for (const { period_start, counters } of periods) {
    const found = (counters as Readonly<Record<string, { first: number; last: number }>>)[counter]
    if (found === undefined) continue
    const day = Math.floor(Date.parse(period_start) / DAY)
    // a day may come in parts
    byDay.set(day, { first: byDay.get(day)?.first ?? found.first, last: found.last })
  }
  let before: number | null = null
  for (const [day, { last }] of byDay) if (day <= today - days) before = last
  return Array.from({ length: days }, (_, i) => {
    const found = byDay.get(today - days + 1 + i)
    if (found === undefined) return null
    const from: number = before ?? found.first
    before = found.last
    return found.last >= from ? found.last - from : found.last
  })
}

/** One character for each value; a day that nothing is known of is a blank. */
export function drawSparkline(values: ReadonlyArray<number | null>, { unicode }: Look): string {
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  const steps = unicode ? EIGHTHS : STEPS
  return values
    .map((value) => {
      if (value === null) return ' '
      // only nothing at all is drawn as the lowest
      const step = value === 0 ? 0 : Math.max(1, Math.round((value * (steps.length - 1)) / most))
      return steps[step]
    })
    .join('')
}
