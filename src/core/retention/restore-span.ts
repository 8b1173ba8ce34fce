import type { Archive, RestoreOutcome } from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { readArchive, readRecorded } from './archive/archive-file.ts'
import type { ArchivePlace } from './archive/place.ts'

export interface RestoreRequest {
  /** Milliseconds, by the time that readings count from; `from` is in, `to` is out. */
  readonly from: number
  readonly to: number
  /** They leave again then. */
  readonly until: number
  readonly signal: AbortSignal
  /** After each part of an archive, so that it is known how far it is. */
  readonly onProgress?: (sum: RestoreOutcome & { readonly archives: number }) => void
}

const ROWS_OF_STEP = 500

/**
 * Brings archived readings of a span back. They count nowhere twice; a second time nothing happens.
 * @throws StoreError, PrintMasterError archive_failed, archive_damaged
 */
export async function restoreSpan(
  store: Store,
  place: ArchivePlace,
  { from, to, until, signal, onProgress }: RestoreRequest,
): Promise<RestoreOutcome & { readonly archives: number }> {
  let sum: RestoreOutcome = { restored: 0, already_here: 0, unknown_device: 0 }
  let archives = 0
  for await (const archive of listArchives(store)) {
    const { first_at, last_at } = archive
    if (first_at === null || last_at === null || first_at >= to || last_at < from) continue
    const manifest = await readRecorded(place, archive)
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
      onProgress?.({ ...sum, archives })
    }
    for await (const row of readArchive(place, manifest)) {
      signal.throwIfAborted()
      const at = countsFrom(row)
      if (at < from || at >= to) continue
      rows.push(row)
      if (rows.length === ROWS_OF_STEP) await put()
    }
    await put()
  }
  return { ...sum, archives }
}

const PAGE = 500

/** Only what this database has recorded: a place may hold what others let go, and what somebody else put there. */
async function* listArchives(store: Store): AsyncGenerator<Archive> {
  for (let after = 0; ; ) {
    const page = await store.listArchives('metrics_history', after, PAGE)
    yield* page
    if (page.length < PAGE) return
    after = (page.at(-1) as { id: number }).id
  }
}

function countsFrom({ sampled_at, received_at, time_mark }: Readonly<Record<string, unknown>>): number {
  const [sampled, received] = [Number(sampled_at), Number(received_at)]
  return time_mark === 'past' ? received : Math.min(sampled, received)
}
