import type { RestoreOutcome } from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { listManifests, readArchive } from './archive/archive-file.ts'
import type { ArchivePlace } from './archive/place.ts'

export interface RestoreRequest {
  /** Milliseconds, by the time that readings count from; `from` is in, `to` is out. */
  readonly from: number
  readonly to: number
  /** They leave again then. */
  readonly until: number
  readonly signal: AbortSignal
  readonly onArchive?: (name: string, sum: RestoreOutcome) => void
}

const ROWS_OF_STEP = 500

/**
 * Brings archived readings of a span back. They count nowhere twice; a second time nothing happens.
 * @throws StoreError, PrintMasterError archive_failed, archive_damaged
 */
export async function restoreSpan(
  store: Store,
  place: ArchivePlace,
  { from, to, until, signal, onArchive }: RestoreRequest,
): Promise<RestoreOutcome & { readonly archives: number }> {
  let sum: RestoreOutcome = { restored: 0, already_here: 0, unknown_device: 0 }
  let archives = 0
  const { store_id } = await store.describe()
  for await (const manifest of listManifests(place, 'metrics_history')) {
    const [first, last] = [manifest.first_at, manifest.last_at].map((time) => Date.parse(time ?? ''))
    // a place may hold what other databases let go
    if (manifest.store_id !== store_id || !((first as number) < to && (last as number) >= from)) continue
    archives += 1
    let rows: Readonly<Record<string, unknown>>[] = []
    const put = async () => {
      const done = await store.restoreReadings(rows, until)
      rows = []
      sum = {
        restored: sum.restored + done.restored,
        already_here: sum.already_here + done.already_here,
        unknown_device: sum.unknown_device + done.unknown_device,
      }
    }
    for await (const row of readArchive(place, manifest)) {
      signal.throwIfAborted()
      const at = countsFrom(row)
      if (at < from || at >= to) continue
      rows.push(row)
      if (rows.length === ROWS_OF_STEP) await put()
    }
    await put()
    onArchive?.(manifest.data, sum)
  }
  return { ...sum, archives }
}

function countsFrom({ sampled_at, received_at, time_mark }: Readonly<Record<string, unknown>>): number {
  const [sampled, received] = [Number(sampled_at), Number(received_at)]
  return time_mark === 'past' ? received : Math.min(sampled, received)
}
