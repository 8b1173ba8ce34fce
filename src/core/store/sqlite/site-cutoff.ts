import { ANY_SITE, type SiteTimes } from '../retention.ts'

/** The moment of the site of row `t`, with the parameters of `bindTimes`. */
export const CUTOFF = 'coalesce((SELECT value FROM json_each(@times) WHERE key = t.site_id), @any)'

/** `latest` is that of the site with the latest one: what is younger stays everywhere. */
export const bindTimes = (before: SiteTimes) => ({
  times: JSON.stringify(before),
  any: before[ANY_SITE],
  latest: Math.max(...Object.values(before)),
})
