import type { ArchivePlace } from '../core/retention/archive/place.ts'
import { restoreSpan } from '../core/retention/restore-span.ts'
import type { Store } from '../core/store/store.ts'
import { describeUser } from './describe-user.ts'
import { readDuration } from './read-duration.ts'
import { readPeriod } from './read-period.ts'

/** Brings a span back, and records that. @throws PrintMasterError, StoreError */
export async function restoreArchived(
  { store, place }: { readonly store: Store; readonly place: ArchivePlace },
  flags: { readonly from: string; readonly to: string; readonly keep: string },
  signal: AbortSignal,
) {
  const now = Date.now()
  const { from, to } = readPeriod(flags, now) as { from: number; to: number }
  const until = now + readDuration(flags.keep, '--keep') * 1000
  const done = await restoreSpan(store, place, { from, to, until, signal })
  const utc = (time: number) => new Date(time).toISOString()
  const answer = { from: utc(from), to: utc(to), until: utc(until), ...done }
  await store.recordAudit([
    {
      event_id: null,
      actor: describeUser(),
      agent_id: null,
      action: 'archive_restored',
      resource_type: 'archive',
      resource_id: null,
      outcome: 'success',
      details: answer,
      occurred_at: now,
      recorded_at: now,
    },
  ])
  return answer
}
