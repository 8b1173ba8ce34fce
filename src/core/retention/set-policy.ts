import { METRIC_TYPES, type MetricType, type SetPolicy } from '../protocol/retention.ts'
import { ANY_SITE } from '../store/retention.ts'
import type { Actor, Store } from '../store/store.ts'
import { isReadingType, judgePolicy, listPolicies, type Policy, policyOf, READING_TYPES } from './policies.ts'
import type { RetentionOptions } from './retention-options.ts'

/** All policies as they are then, and what somebody may not expect of the change, in sentences. */
export interface PolicyChange {
  readonly policies: Policy[]
  readonly notes: string[]
}

/**
 * Changes what is kept of one kind of data, or takes such a change back. What is not given stays.
 * @returns a sentence where it does not make sense
 * @throws StoreError
 */
export async function setPolicy(
  store: Store,
  options: RetentionOptions,
  { site_id = ANY_SITE, metric_type, reset = false, ...days }: SetPolicy,
  actor: Actor,
  now: number,
): Promise<PolicyChange | string> {
  const type = METRIC_TYPES.find((each) => each === metric_type)
  if (type === undefined) return `there is no metric type ${metric_type}; there are ${METRIC_TYPES.join(', ')}`
  if (site_id === '') return 'site_id is empty'
  if (reset) {
    const isThere = await store.resetPolicy(site_id, type, actor, now)
    if (!isThere) return `nothing was set for ${type} at ${nameSite(site_id)}; it follows config`
    return { policies: listPolicies(options, await store.listPolicies()), notes: [] }
  }
  if (Object.values(days).every((each) => each === undefined)) return 'no number of days is given'
  const before = policyOf(listPolicies(options, await store.listPolicies()), type, site_id) as Policy
  const policy = { ...fillIn(before, type, days), site_id }
  const problem = judgeNumbers(type, days) ?? judgePolicy(policy)
  if (problem !== null) return problem
  const { origin: _, ...stored } = policy
  await store.setPolicy(stored, actor, now)
  const policies = listPolicies(options, await store.listPolicies())
  const isKnown = site_id === ANY_SITE || (await store.knowsSite(site_id))
  return {
    policies,
    notes: [
      ...(isKnown ? [] : [`no agent and no device is of site ${site_id} yet: this holds once one is`]),
      ...noteLongerOnes(policies, policy, days),
    ],
  }
}

type Days = Omit<SetPolicy, 'site_id' | 'metric_type' | 'reset'>

const nameSite = (site_id: string) => (site_id === ANY_SITE ? 'all sites' : `site ${site_id}`)

/** Audit, alerts and the like have no summaries: one number is all three. */
function fillIn(before: Policy, type: MetricType, days: Days): Policy {
  if (isReadingType(type)) return { ...before, ...days }
  const all = days.delete_after_days ?? days.keep_detailed_days ?? (days.keep_summary_days as number)
  return { ...before, keep_detailed_days: all, keep_summary_days: all, delete_after_days: all }
}

/** A sentence where somebody gives two numbers of which only one can be kept. */
function judgeNumbers(type: MetricType, days: Days): string | null {
  const given = Object.entries(days).filter(([, each]) => each !== undefined)
  if (isReadingType(type) || new Set(given.map(([, each]) => each)).size < 2) return null
  const numbers = given.map(([name, each]) => `${name} (${each})`).join(' and ')
  return `${type}: ${numbers} cannot both be kept; ${type} has no days and months and takes one number: give delete_after_days alone`
}

const KEPT_TOGETHER = { keep_detailed_days: 'readings', keep_summary_days: 'days' } as const

/** A reading tells three types, and so does a day: both stay as long as the longest of the three asks for. */
function noteLongerOnes(policies: readonly Policy[], policy: Omit<Policy, 'origin'>, days: Days): string[] {
  const { metric_type, site_id } = policy
  if (!isReadingType(metric_type)) return []
  const all = READING_TYPES.map((type) => policyOf(policies, type, site_id) as Policy)
  return (['keep_detailed_days', 'keep_summary_days'] as const).flatMap((key) => {
    const longest = Math.max(...all.map((each) => each[key]))
    if (days[key] === undefined || policy[key] === longest) return []
    const others = all.filter((each) => each[key] === longest).map((each) => each.metric_type)
    const what = KEPT_TOGETHER[key]
    return [
      `${what} stay ${longest} days, not ${policy[key]}, because they tell ${READING_TYPES.join(', ')} together and ${others.join(' and ')} ${others.length === 1 ? 'asks' : 'ask'} for ${longest}`,
    ]
  })
}
