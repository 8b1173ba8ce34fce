import { parseMacText } from '../../mib/mac-address.ts'
import type { Device, DeviceDetail, DeviceSort } from '../../protocol/devices.ts'
import type { DevicesFilter, Page } from '../store.ts'
import { utcText, utcTextOrNull } from '../utc-text.ts'
import { type CursorValue, openCursor, sealCursor } from './cursor.ts'
import type { DeviceGroup, Metrics } from './metrics.ts'
import type { Database } from './open-database.ts'
import { cacheStatements } from './statement-cache.ts'

export type Devices = ReturnType<typeof prepareDevices>

type DeviceRow = Omit<Device, 'first_seen' | 'last_seen' | 'received_at'> & {
  readonly id: number
  readonly merged_into: number | null
  readonly agent: number | null
  readonly first_seen: number
  readonly last_seen: number
  readonly received_at: number
}

/** What was said of a device last. */
interface Snapshot {
  readonly said: Readonly<Record<string, unknown>>
  /** Size of what was read for it. */
  readonly bytes: number
}

const SELECT = `SELECT devices.*, (SELECT agent_id FROM agents WHERE agents.id = devices.agent) AS agent_id FROM devices`

const FILTERS: Readonly<Record<string, string>> = {
  site_id: 'site_id = @site_id',
  agent_id: 'agent = (SELECT id FROM agents WHERE agent_id = @agent_id)',
  manufacturer: 'manufacturer = @manufacturer',
  model: 'model = @model',
  serial: 'serial = @serial',
  mac_address: 'mac_address = @mac_address',
  ip: 'ip = @ip',
  status: 'status = @status',
  supply_below: 'lowest_supply < @supply_below',
  seen_since: 'last_seen >= @seen_since AND agent IS NOT NULL',
  search: ['manufacturer', 'model', 'serial', 'hostname', 'location', 'ip', 'mac_address']
    .map((column) => `${column} LIKE @search ESCAPE '\\'`)
    .join(' OR '),
}

export function prepareDevices(db: Database, metrics: Metrics) {
  const findSurvivor = db
    .prepare<[string], number>('SELECT coalesce(merged_into, id) FROM devices WHERE device_id = ?')
    .pluck()
  const byRowid = db.prepare<[number], DeviceRow>(`${SELECT} WHERE devices.id = ?`)
  const findMerged = db.prepare<[number], { device_id: string }>(
    'SELECT device_id FROM devices WHERE merged_into = ? ORDER BY id',
  )
  const identities = db.prepare<[number], DatedRow & { kind: string; value: string; agent_id: string | null }>(
    `SELECT kind, value, agents.agent_id, i.first_seen, i.last_seen FROM device_identities i
     LEFT JOIN agents ON agents.id = i.agent WHERE device = ? ORDER BY kind, value, i.agent`,
  )
  const agents = db.prepare<[number], DatedRow & { agent_id: string }>(
    `SELECT agents.agent_id, d.first_seen, d.last_seen FROM device_agents d
     JOIN agents ON agents.id = d.agent WHERE device = ? ORDER BY d.last_seen DESC, d.agent`,
  )
  const snapshot = db.prepare<[{ id: number }], { at: number; item: string }>(
    `SELECT at, item FROM device_snapshots WHERE device = (
       SELECT device FROM (SELECT @id AS id UNION ALL SELECT id FROM devices WHERE merged_into = @id) d
       CROSS JOIN device_snapshots s ON s.device = d.id ORDER BY s.at DESC LIMIT 1)`,
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM devices WHERE merged_into IS NULL').pluck()
  const prepare = cacheStatements(db)
  const byRowids = db.prepare<[string], DeviceRow>(`${SELECT} WHERE devices.id IN (SELECT value FROM json_each(?))`)
  const behind = db.prepare<[number, number], DeviceRow>(
    `${SELECT} WHERE devices.id > ? AND merged_into IS NULL ORDER BY devices.id LIMIT ?`,
  )

  /** The last device item, and over it what a later reading of the source said. */
  const readSnapshot = (group: DeviceGroup, last_seen: number): Snapshot => {
    const last = snapshot.get({ id: group.id })
    const item = last === undefined ? {} : JSON.parse(last.item)
    const newest = last?.at === last_seen ? null : metrics.findNewest(group, last_seen)
    // an item that came after the device was seen last came by a clock that ran ahead
    const isOver = newest !== null && (last === undefined || newest.at > last.at || last.at > last_seen)
    const bytes = Buffer.byteLength(last?.item ?? '') + (newest?.bytes ?? 0)
    return { said: isOver ? { ...item, ...newest.said } : item, bytes }
  }

  const findGroup = (device_id: string): DeviceGroup | null => {
    const id = findSurvivor.get(device_id)
    if (id === undefined) return null
    const row = byRowid.get(id) as DeviceRow
    return { device_id: row.device_id, id }
  }

  return {
    findGroup,
    readSnapshot,

    /** For live views: those of these rowids, as they are now, and the ids of those that were merged into others. */
    findByRowids(ids: readonly number[]): { devices: Device[]; gone: string[] } {
      if (ids.length === 0) return { devices: [], gone: [] }
      const rows = byRowids.all(JSON.stringify(ids))
      return {
        devices: rows.filter((row) => row.merged_into === null).map(renderDevice),
        gone: rows.filter((row) => row.merged_into !== null).map(({ device_id }) => device_id),
      }
    },

    /** All that were not merged, behind a rowid; `next` is the last one, null at the end. */
    walk(after: number, limit: number): { items: Device[]; next: number | null } {
      const rows = behind.all(after, limit)
      return { items: rows.map(renderDevice), next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
    },

    find(device_id: string): DeviceDetail | null {
      const group = findGroup(device_id)
      if (group === null) return null
      const { id } = group
      const row = byRowid.get(id) as DeviceRow
      return {
        ...renderDevice(row),
        identities: identities.all(id).map(renderDates),
        merged: findMerged.all(id).map((each) => each.device_id),
        agents: agents.all(id).map(renderDates),
        snapshot: readSnapshot(group, row.last_seen).said as DeviceDetail['snapshot'],
      }
    },

    list(query: DevicesFilter): Page<Device> {
      const { limit, cursor, sort = '-last_seen', ...filter } = query
      const isDescending = sort.startsWith('-')
      const column = sort.replace('-', '') as DeviceSort
      const known = TIMES.includes(column) ? 'agent' : column
      const scope = ['devices', sort, filter]
      const after = cursor === undefined ? null : openCursor(cursor, scope, ['value', 'number'])
      const wanted = Object.entries(FILTERS).filter(([name]) => filter[name as keyof typeof filter] !== undefined)
      const base = ['merged_into IS NULL', ...wanted.map(([, sql]) => `(${sql})`)]
      const values = bindFilter(filter)
      const rows: DeviceRow[] = []
      const read = (place: readonly string[], order: string, bound: Record<string, CursorValue>) => {
        const where = [...base, ...place].join(' AND ')
        const statement = prepare(`${SELECT} WHERE ${where} ORDER BY ${order} LIMIT @limit`)
        rows.push(...(statement.all({ ...values, ...bound, limit: limit + 1 - rows.length }) as DeviceRow[]))
      }
      // two walks of one index, so that null comes last in either direction
      if (after === null || after[0] !== null) {
        const [sign, order] = isDescending ? ['<', `${column} DESC, id DESC`] : ['>', `${column}, id`]
        const place = after === null ? [] : [`(${column}, id) ${sign} (@value, @id)`]
        read(
          [`${known} IS NOT NULL`, ...place],
          order,
          after === null ? {} : { value: after[0] as CursorValue, id: after[1] as CursorValue },
        )
      }
      // every device has an id
      if (rows.length <= limit && column !== 'device_id') {
        const id = after !== null && after[0] === null ? (after[1] as CursorValue) : null
        read([`${known} IS NULL`, ...(id === null ? [] : ['id > @id'])], 'id', id === null ? {} : { id })
      }
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const place = last === undefined || last[known] === null ? null : (last[column] as CursorValue)
      return {
        items: page.map(renderDevice),
        next_cursor: rows.length > limit && last !== undefined ? sealCursor(scope, [place, last.id]) : null,
      }
    },

    count: (): number => count.get() as number,
  }
}

/** Unknown, whatever their columns have, of a device that no agent has read. */
const TIMES: readonly DeviceSort[] = ['first_seen', 'last_seen']

function bindFilter({ mac_address, search, ip, ...filter }: Omit<DevicesFilter, 'limit'>) {
  return {
    ...filter,
    ...(ip !== undefined && { ip: ip.trim().toLowerCase() }),
    ...(mac_address !== undefined && { mac_address: parseMacText(mac_address) ?? mac_address }),
    ...(search !== undefined && { search: `%${search.replace(/[\\%_]/g, '\\$&')}%` }),
  }
}

interface DatedRow {
  readonly first_seen: number
  readonly last_seen: number
}

const renderDates = <Row extends DatedRow>(row: Row) => ({
  ...row,
  first_seen: utcText(row.first_seen),
  last_seen: utcText(row.last_seen),
})

function renderDevice(row: DeviceRow): Device {
  const isRead = row.agent !== null
  return {
    device_id: row.device_id,
    site_id: row.site_id,
    agent_id: row.agent_id,
    manufacturer: row.manufacturer,
    model: row.model,
    serial: row.serial,
    mac_address: row.mac_address,
    hostname: row.hostname,
    ip: row.ip,
    port: row.port,
    printer_index: row.printer_index,
    firmware: row.firmware,
    location: row.location,
    contact: row.contact,
    asset_number: row.asset_number,
    status: row.status,
    offline_reason: row.offline_reason,
    page_count: row.page_count,
    lowest_supply: row.lowest_supply,
    first_seen: utcTextOrNull(isRead ? row.first_seen : null),
    last_seen: utcTextOrNull(isRead ? row.last_seen : null),
    received_at: utcText(row.received_at),
  }
}
