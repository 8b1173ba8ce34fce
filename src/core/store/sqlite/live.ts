import type { ChangesFilter, ChangesPage, LiveRows, SnapshotFilter, SnapshotPage } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { Agents } from './agents.ts'
import type { Alerts } from './alerts.ts'
import type { ChangeKind } from './changes.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Devices } from './devices.ts'
import type { Database } from './open-database.ts'

interface ChangeRow {
  readonly seq: number
  readonly kind: ChangeKind
  readonly id: number
}

/** The parts of a snapshot, in this order. */
const PARTS = ['agents', 'devices', 'alerts'] as const
type Part = (typeof PARTS)[number]

/** What live views show: everything once, and then what changes. */
export function prepareLive(db: Database, agents: Agents, devices: Devices, alerts: Alerts) {
  const newest = db.prepare<[], number>('SELECT max(seq) FROM changes').pluck()
  const oldest = db.prepare<[], number>('SELECT min(seq) FROM changes').pluck()
  const behind = db.prepare<[number, number], ChangeRow>(
    'SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?',
  )

  /** One part of a snapshot, and where it goes on; null where it ends. */
  const readPart = (part: Part, after: number | string | null, query: SnapshotFilter, now: number) => {
    const { limit } = query
    if (part === 'alerts') {
      const page = alerts.list({ state: 'open', limit, ...(after !== null && { cursor: String(after) }) })
      return { rows: { alerts: page.items }, next: page.next_cursor }
    }
    const page =
      part === 'agents'
        ? agents.walk(Number(after ?? 0), limit, query.offlineAfterMs, now)
        : devices.walk(Number(after ?? 0), limit)
    return { rows: { [part]: page.items }, next: page.next }
  }

  return {
    /** Changes of one row are one; the row is as it is now. */
    readChanges({ after, limit, offlineAfterMs, site_id }: ChangesFilter, now: number): ChangesPage {
      const last = newest.get() ?? 0
      const first = oldest.get() ?? 0
      if (after > last || after < first - 1) {
        return { seq: after, ...select({}, site_id), gone_devices: [], isLost: true }
      }
      const rows = behind.all(after, limit)
      const ids = (kind: ChangeKind) => [...new Set(rows.filter((row) => row.kind === kind).map(({ id }) => id))]
      const found = devices.findByRowids(ids('device'))
      const changed = {
        agents: agents.findByRowids(ids('agent'), offlineAfterMs, now),
        devices: found.devices,
        alerts: alerts.findByRowids(ids('alert')),
      }
      return { seq: rows.at(-1)?.seq ?? after, ...select(changed, site_id), gone_devices: found.gone, isLost: false }
    },

    /**
     * Parts are read one after the other, while others write: who reads the changes behind `seq` of the first part as
     * well has missed nothing.
     */
    readSnapshot(query: SnapshotFilter, now: number): SnapshotPage {
      const scope = ['snapshot', { site_id: query.site_id }]
      const [seq, began, after] =
        query.cursor === undefined
          ? [newest.get() ?? 0, 0, null]
          : (openCursor(query.cursor, scope, ['number', 'number', 'value']) as [number, number, number | string | null])
      if (PARTS[began] === undefined) throw new StoreError('bad_cursor', 'the cursor names no part of a snapshot')
      let at = began
      let place = after
      for (;;) {
        const { rows, next } = readPart(PARTS[at] as Part, place, query, now)
        const isEmpty = Object.values(rows).every((each) => each.length === 0)
        const isLast = next === null && at === PARTS.length - 1
        if (next === null) at += 1
        place = next
        if (isEmpty && !isLast) continue
        return { seq, ...select(rows, query.site_id), next_cursor: isLast ? null : sealCursor(scope, [seq, at, place]) }
      }
    },
  }
}

function select({ agents = [], devices = [], alerts = [] }: Partial<LiveRows>, site_id: string | undefined): LiveRows {
  const isOfSite = (row: { readonly site_id: string }) => site_id === undefined || row.site_id === site_id
  return { agents: agents.filter(isOfSite), devices: devices.filter(isOfSite), alerts: alerts.filter(isOfSite) }
}
