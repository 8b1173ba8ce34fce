import { TOLERANCE_MS } from '../judge-time.ts'

/** Without a scan or an upload for so long an agent that answers is not at work. */
export const INACTIVE_AFTER_MS = 86_400_000

/**
 * The one place where the status of an agent is read: what the presence monitor decided, and before it has, what was
 * heard; binds `statusTimes`. One that was heard of in the future was so by a clock that ran ahead, and lives when it is
 * heard of again.
 */
export const AGENT_STATUS = `CASE
  WHEN agents.status IS NOT NULL THEN agents.status
  WHEN agents.last_seen IS NULL OR agents.last_seen < @offline_before OR agents.last_seen > @ahead_after THEN 'offline'
  WHEN coalesce(max(coalesce(agents.last_upload, agents.last_scan), coalesce(agents.last_scan, agents.last_upload)),
    agents.registered_at) >= @inactive_before THEN 'active'
  ELSE 'inactive'
END`

/** What `AGENT_STATUS` compares with. */
export function statusTimes(offlineAfterMs: number, now: number) {
  return {
    offline_before: now - offlineAfterMs,
    inactive_before: now - INACTIVE_AFTER_MS,
    ahead_after: now + TOLERANCE_MS,
  }
}
