import type { WireSupply } from '../../protocol/devices.ts'
import type { DeviceReport } from '../store.ts'
import type { Database } from './open-database.ts'

/** Short readings between two whole ones: as many as a day has at the default interval. */
const MOST_READ = 300

interface Told {
  readonly supplies?: unknown
  readonly alerts?: unknown
  readonly missing?: unknown
}

interface Item {
  readonly at: number
  readonly text: string
}

/** What devices said last of supplies and alerts, for rules: the latest of each, as short readings tell neither. */
export function prepareDeviceReports(db: Database) {
  const find = db.prepare<[string], { id: number; last_seen: number }>(
    'SELECT id, last_seen FROM devices WHERE device_id = ? AND merged_into IS NULL',
  )
  const snapshot = db.prepare<[{ id: number }], Item>(
    'SELECT at, item AS text FROM device_snapshots WHERE device = @id',
  )
  const readings = db.prepare<[{ id: number; last_seen: number }], Item>(
    `SELECT sampled_at AS at, rest AS text FROM metrics_history
     WHERE device = @id AND of_other_agent = 0 AND sampled_at <= @last_seen AND sampled_at <= received_at
     ORDER BY sampled_at DESC, id DESC LIMIT ${MOST_READ}`,
  )
  // those of a clock that runs ahead count from their arrival, like everywhere
  const ahead = db.prepare<[{ id: number; last_seen: number }], Item>(
    `SELECT received_at AS at, rest AS text FROM metrics_history
     WHERE device = @id AND sampled_at > received_at AND of_other_agent = 0
     ORDER BY received_at DESC, id DESC LIMIT ${MOST_READ}`,
  )

  const report = (device_id: string, place: { id: number; last_seen: number }): DeviceReport => {
    const found: { supplies?: DeviceReport['supplies']; alerts?: DeviceReport['alerts'] } = {}
    const lists = [ahead.iterate(place), readings.iterate(place), snapshot.iterate({ id: place.id })]
    for (const { text } of newestFirst(lists)) {
      const told = JSON.parse(text) as Told
      if (found.supplies === undefined && told.supplies !== undefined) found.supplies = readSupplies(told)
      if (found.alerts === undefined && told.alerts !== undefined) found.alerts = readRows(told, 'alerts')
      if (found.supplies !== undefined && found.alerts !== undefined) break
    }
    return { device_id, supplies: found.supplies ?? null, alerts: found.alerts ?? null }
  }

  return (device_ids: readonly string[]): DeviceReport[] =>
    device_ids.flatMap((device_id) => {
      const row = find.get(device_id)
      return row === undefined ? [] : [report(device_id, row)]
    })
}

/** Several lists, each newest first, as one; reads no further than it is asked. */
function* newestFirst(lists: readonly IterableIterator<Item>[]): Generator<Item> {
  try {
    const heads = lists.map((list) => ({ list, next: list.next() }))
    for (;;) {
      let newest: (typeof heads)[number] | null = null
      for (const head of heads) {
        if (!head.next.done && (newest === null || head.next.value.at > newest.next.value.at)) newest = head
      }
      if (newest === null) return
      yield newest.next.value
      newest.next = newest.list.next()
    }
  } finally {
    for (const list of lists) list.return?.()
  }
}

/** A table that could not be read is empty, and says nothing. */
function isMissing({ missing }: Told, name: string): boolean {
  return Array.isArray(missing) && missing.some((each) => each?.part === name)
}

const readSupplies = (told: Told) => readRows(told, 'supplies') as readonly WireSupply[] | null

function readRows(told: Told, name: 'supplies' | 'alerts'): readonly Readonly<Record<string, unknown>>[] | null {
  const rows = told[name]
  if (isMissing(told, name)) return null
  return Array.isArray(rows) ? rows : []
}
