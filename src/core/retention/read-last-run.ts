import type { LastRun } from '../protocol/retention.ts'
import type { Store } from '../store/store.ts'

/** What a keeper writes down of a run, and reads again here. */
export const RUN_ACTION = 'retention_run'

/** Agents may name what they did as they like: so many of theirs are passed over. */
const MOST_READ = 100

/** The last run that did something or failed, of whatever program; null where the audit log has none. @throws StoreError */
export async function readLastRun(store: Store): Promise<LastRun | null> {
  const { items } = await store.listAudit({ action: RUN_ACTION, limit: MOST_READ })
  const entry = items.find(({ actor_type }) => actor_type !== 'agent')
  if (entry === undefined) return null
  const { error, ...details } = entry.details as Readonly<Record<string, unknown>>
  const count = (name: string) => (Number.isSafeInteger(details[name]) ? (details[name] as number) : 0)
  return {
    at: entry.occurred_at,
    actor_type: entry.actor_type,
    actor: entry.actor,
    outcome: entry.outcome,
    error: typeof error === 'string' ? error : null,
    rolled_up: count('rolled_up'),
    months: count('months'),
    archived: count('archived'),
    deleted: count('deleted'),
    released_bytes: count('released_bytes'),
  }
}
