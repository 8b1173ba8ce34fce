import { type DevicePeriods, type PeriodContent, type SiteTimes, startMonths, timeOf } from '../store/retention.ts'
import { endOfMonth, startOfMonth } from '../summary/periods.ts'
import { PERIOD_PARTS, type PeriodPart } from '../summary/summarise.ts'
import { type Cutoffs, PART_TYPES } from './policies.ts'

/** What becomes of the days and months of one device in the next run. */
export interface PeriodsForecast {
  /** That become months. */
  readonly days: number
  readonly months: number
  /** First midnights of those that leave. */
  readonly leaving: { readonly metrics_daily: readonly number[]; readonly metrics_monthly: readonly number[] }
  /** Days and months that stay, without that. */
  readonly parts: Readonly<Record<PeriodPart, number>>
}

type Contents = Map<number, PeriodContent>

/** The steps of a run in their order: readings into days, parts of what stays leave, days into months, what is old leaves. */
export function forecastPeriods(device: DevicePeriods, cutoffs: Cutoffs): PeriodsForecast {
  const { site_id } = device
  const [days, months]: [Contents, Contents] = [new Map(), new Map()]
  for (const each of device.months) put(months, each)
  for (const each of device.days) put(days, each)
  for (const each of device.waiting) {
    const month = startOfMonth(each.period)
    if (months.has(month)) put(months, { ...each, period: month })
    else put(days, each)
  }

  const dropPart = (part: PeriodPart): number => {
    const drop = (contents: Contents, turn: (times: SiteTimes) => SiteTimes): number => {
      const [whole, before] = [cutoffs.periods, cutoffs.types[PART_TYPES[part]]].map((times) =>
        timeOf(turn(times), site_id),
      ) as [number, number]
      const found = [...contents.values()].filter(
        (each) => each.content.has(part) && each.period >= whole && each.period < before,
      )
      for (const { period, content, dropped } of found) {
        contents.set(period, { period, content: without(content, part), dropped: new Set([...dropped, part]) })
      }
      return found.length
    }
    return drop(days, (times) => times) + drop(months, startMonths)
  }
  const parts = Object.fromEntries(PERIOD_PARTS.map((part) => [part, dropPart(part)])) as PeriodsForecast['parts']

  const folded = foldDays(days, months, timeOf(cutoffs.days, site_id))
  const leaving = {
    metrics_daily: findOld(days, timeOf(cutoffs.periods, site_id)),
    metrics_monthly: findOld(months, timeOf(startMonths(cutoffs.periods), site_id)),
  }
  return { ...folded, leaving, parts }
}

/** Month by month from the oldest on, up to the first whose days have not lost the same. */
function foldDays(
  days: Contents,
  months: Contents,
  before: number,
): { readonly days: number; readonly months: number } {
  const byMonth = Map.groupBy(
    [...days.values()].sort((a, b) => a.period - b.period),
    ({ period }) => startOfMonth(period),
  )
  let [folded, made] = [0, 0]
  for (const [month, list] of byMonth) {
    const known = months.get(month)
    const all = known === undefined ? list : [known, ...list]
    const isMixed = PERIOD_PARTS.some(
      (part) =>
        all.some(({ dropped }) => dropped.has(part)) &&
        all.some(({ dropped, content }) => content.has(part) && !dropped.has(part)),
    )
    if (endOfMonth(month) > before || isMixed) break
    for (const each of list) {
      days.delete(each.period)
      put(months, { ...each, period: month })
    }
    folded += all.length
    made += 1
  }
  return { days: folded, months: made }
}

function put(contents: Contents, added: PeriodContent): void {
  const known = contents.get(added.period)
  if (known === undefined) contents.set(added.period, added)
  else contents.set(added.period, { ...known, content: new Set([...known.content, ...added.content]) })
}

/** First midnights of those of before a moment, but for those of which nothing is left but their end. */
const findOld = (contents: Contents, before: number): number[] =>
  [...contents.values()]
    .filter(({ period, content, dropped }) => period < before && (content.size > 0 || dropped.size === 0))
    .map(({ period }) => period)
    .sort((a, b) => a - b)

const without = (content: ReadonlySet<PeriodPart>, part: PeriodPart): Set<PeriodPart> => {
  const left = new Set(content)
  left.delete(part)
  return left
}
