import type { Look } from '../../core/output/paint.ts'
import type { MetricPeriod } from '../../core/protocol/metrics.ts'

const EIGHTHS = '▁▂▃▄▅▆▇█'
const STEPS = '.:-=+*#@'
const DAY = 86_400_000

/**
 * What a counter counted on each of the last days, oldest first; null for a day without a reading.
 * @param now milliseconds since 1970
 */
export function listDailyPages(
  periods: readonly MetricPeriod[],
  counter: string,
  days: number,
  now: number,
): Array<number | null> {
  const today = Math.floor(now / DAY)
  const byDay = new Map<number, number>()
  for (const { period_start, counters } of periods) {
    const found = (counters as Readonly<Record<string, { pages: number }>>)[counter]
    if (found !== undefined) byDay.set(Math.floor(Date.parse(period_start) / DAY), found.pages)
  }
  return Array.from({ length: days }, (_, i) => byDay.get(today - days + 1 + i) ?? null)
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
