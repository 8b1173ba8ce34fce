import { METRIC_TYPES, type MetricType, type SetPolicy } from '../protocol/retention.ts'
import { ANY_SITE } from '../store/retention.ts'
import type { Actor, Store } from '../store/store.ts'
import { isReadingType, judgePolicy, listPolicies, type Policy, policyOf } from './policies.ts'
import type { RetentionOptions } from './retention-options.ts'

/**
 * Changes what is kept of one kind of data, or takes such a change back. What is not given stays.
 * @returns all policies as they are then; a sentence where it does not make sense
 * @throws StoreError
 */
export async function setPolicy(
  store: Store,
  options: RetentionOptions,
  { site_id = ANY_SITE, metric_type, reset = false, ...days }: SetPolicy,
  actor: Actor,
  now: number,
): Promise<Policy[] | string> {
  const type = METRIC_TYPES.find((each) => each === metric_type)
  if (type === undefined) return `there is no metric type ${metric_type}; there are ${METRIC_TYPES.join(', ')}`
  if (site_id === '') return 'site_id is empty'
  if (reset) {
    const isThere = await store.resetPolicy(site_id, type, actor, now)
    if (!isThere) return `nothing was set for ${type} at ${nameSite(site_id)}; it follows config`
    return listPolicies(options, await store.listPolicies())
  }
  if (Object.values(days).every((each) => each === undefined)) return 'no number of days is given'
  const before = policyOf(listPolicies(options, await store.listPolicies()), type, site_id) as Policy
  const policy = { ...fillIn(before, type, days), site_id }
  const problem = judgePolicy(policy)
  if (problem !== null) return problem
  const { origin: _, ...stored } = policy
  await store.setPolicy(stored, actor, now)
  return listPolicies(options, await store.listPolicies())
}

const nameSite = (site_id: string) => (site_id === ANY_SITE ? 'all sites' : `site ${site_id}`)

/** Audit, alerts and the like have no summaries: one number is all three. */
function fillIn(before: Policy, type: MetricType, days: Omit<SetPolicy, 'site_id' | 'metric_type' | 'reset'>): Policy {
  if (isReadingType(type)) return { ...before, ...days }
  const all = days.delete_after_days ?? days.keep_detailed_days ?? (days.keep_summary_days as number)
  return { ...before, keep_detailed_days: all, keep_summary_days: all, delete_after_days: all }
}
