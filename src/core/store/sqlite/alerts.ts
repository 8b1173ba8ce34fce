import { randomUUID } from 'node:crypto'
import type { Alert, AlertDelivery } from '../../protocol/alerts.ts'
import type { Actor, AlertChange, AlertsFilter, Delivery, Page } from '../store.ts'
import { utcText, utcTextOrNull } from '../utc-text.ts'
import { prepareAlertDeliveries } from './alert-deliveries.ts'
import type { AuditLog } from './audit-log.ts'
import type { Changes } from './changes.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Database } from './open-database.ts'
import { cacheStatements } from './statement-cache.ts'

export type Alerts = ReturnType<typeof prepareAlerts>

type Times = 'opened_at' | 'closed_at' | 'acknowledged_at'
interface AlertRow extends Omit<Alert, Times | 'details'> {
  readonly id: number
  readonly opened_at: number
  readonly closed_at: number | null
  readonly acknowledged_at: number | null
  readonly details: string
}

interface Place {
  readonly id: number
  readonly site_id: string
}

const SELECT = `SELECT alerts.*, (SELECT agent_id FROM agents WHERE agents.id = alerts.agent) AS agent_id,
  (SELECT device_id FROM devices WHERE devices.id = alerts.device) AS device_id FROM alerts`

const FILTERS = {
  site_id: 'site_id = @site_id',
  agent_id: 'agent = (SELECT id FROM agents WHERE agent_id = @agent_id)',
  device_id: 'device = (SELECT coalesce(merged_into, id) FROM devices WHERE device_id = @device_id)',
  kind: '+kind = @kind',
  severity: 'severity = @severity',
  from: 'opened_at >= @from',
  to: 'opened_at < @to',
  closed_since: 'closed_at >= @closed_since',
} as const satisfies Partial<Record<keyof AlertsFilter, string>>

const STATES = { open: 'closed_at IS NULL', closed: 'closed_at IS NOT NULL' } as const

export function prepareAlerts(db: Database, audit: AuditLog, changes: Changes) {
  const deliveries = prepareAlertDeliveries(db)
  const findAgent = db.prepare<[string], Place>('SELECT id, site_id FROM agents WHERE agent_id = ?')
  const findDevice = db.prepare<[string], Place>('SELECT id, site_id FROM devices WHERE device_id = ?')
  const findSurvivor = db.prepare<[string], Place>(
    'SELECT s.id, s.site_id FROM devices d JOIN devices s ON s.id = coalesce(d.merged_into, d.id) WHERE d.device_id = ?',
  )
  // a device that goes over to another agent keeps its alerts
  const findOfDevice = db
    .prepare<[number, string, string | null], number>(
      'SELECT id FROM alerts WHERE closed_at IS NULL AND device = ? AND kind = ? AND subject IS ?',
    )
    .pluck()
  const findOfAgent = db
    .prepare<[number, string, string | null], number>(
      'SELECT id FROM alerts WHERE closed_at IS NULL AND device IS NULL AND agent = ? AND +kind = ? AND subject IS ?',
    )
    .pluck()
  const insert = db.prepare(
    `INSERT INTO alerts (alert_id, site_id, kind, severity, agent, device, subject, opened_at, message, details)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const close = db.prepare('UPDATE alerts SET closed_at = ?, details = json_patch(details, ?) WHERE id = ?')
  const byAlertId = db.prepare<[string], AlertRow>(`${SELECT} WHERE alert_id = ?`)
  const byRowid = db.prepare<[number], AlertRow>(`${SELECT} WHERE alerts.id = ?`)
  const byRowids = db.prepare<[string], AlertRow>(
    `${SELECT} WHERE alerts.id IN (SELECT value FROM json_each(?)) ORDER BY alerts.id`,
  )
  const markAcknowledged = db.prepare('UPDATE alerts SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ?')
  const prepare = cacheStatements(db)

  const findOpen = (device: Place | undefined, agent: Place | undefined, { kind, subject }: AlertChange) => {
    if (device !== undefined) return findOfDevice.get(device.id, kind, subject)
    return agent === undefined ? undefined : findOfAgent.get(agent.id, kind, subject)
  }

  const openOne = (change: AlertChange, channels: readonly string[], now: number) => {
    const { kind, severity, agent_id, device_id, subject, message, details, at } = change
    const agent = agent_id === null ? undefined : findAgent.get(agent_id)
    const device = device_id === null ? undefined : findSurvivor.get(device_id)
    const place = device_id === null ? agent : device
    if (place === undefined || findOpen(device, agent, change) !== undefined) return
    const { lastInsertRowid } = insert.run(
      randomUUID(),
      place.site_id,
      kind,
      severity,
      agent?.id ?? null,
      device?.id ?? null,
      subject,
      at,
      message,
      JSON.stringify(details),
    )
    changes.note('alert', Number(lastInsertRowid), now)
    deliveries.add(Number(lastInsertRowid), 'opened', channels, now)
  }

  const closeOne = (change: AlertChange, channels: readonly string[], now: number) => {
    const { agent_id, device_id, details, at } = change
    const device = device_id === null ? undefined : findDevice.get(device_id)
    if (device_id !== null && device === undefined) return
    const id = findOpen(device, agent_id === null ? undefined : findAgent.get(agent_id), change)
    if (id === undefined) return
    close.run(at, JSON.stringify(details), id)
    changes.note('alert', id, now)
    deliveries.addToTold(id, 'closed', channels, now)
  }

  return {
    /** Newest first. */
    list(query: AlertsFilter): Page<Alert> {
      const { limit, cursor, state = 'all', ...filter } = query
      const scope = ['alerts', { state, ...filter }]
      const before = cursor === undefined ? null : openCursor(cursor, scope, ['number', 'number'])
      const parts = Object.entries(FILTERS)
        .filter(([name]) => filter[name as keyof typeof FILTERS] !== undefined)
        .map(([, sql]) => sql as string)
      if (state !== 'all') parts.push(STATES[state])
      if (before !== null) parts.push('(opened_at, id) < (@before_time, @before_id)')
      // few were closed of late, and many opened: those are not walked by the time of opening
      const order = filter.closed_since === undefined ? 'opened_at DESC, id DESC' : '+opened_at DESC, +id DESC'
      const where = parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`
      const rows = prepare(`${SELECT} ${where} ORDER BY ${order} LIMIT @limit`).all({
        ...filter,
        before_time: before?.[0],
        before_id: before?.[1],
        limit: limit + 1,
      }) as AlertRow[]
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(renderAlert),
        next_cursor: rows.length > limit && last !== undefined ? sealCursor(scope, [last.opened_at, last.id]) : null,
      }
    },

    /** For live views: those of these rowids, as they are now. */
    findByRowids: (ids: readonly number[]): Alert[] => byRowids.all(JSON.stringify(ids)).map(renderAlert),

    record(alertChanges: readonly AlertChange[], channels: readonly string[], now: number): void {
      for (const change of alertChanges) {
        const apply = change.change === 'open' ? openOne : closeOne
        apply(change, change.channels ?? channels, now)
      }
      changes.trim()
    },

    acknowledge(alert_id: string, actor: Actor, channels: readonly string[], now: number): Alert | null {
      const row = byAlertId.get(alert_id)
      if (row === undefined) return null
      if (row.acknowledged_at !== null) return renderAlert(row)
      markAcknowledged.run(now, actor.id, row.id)
      changes.note('alert', row.id, now)
      deliveries.addToTold(row.id, 'acknowledged', channels, now)
      audit.append({
        actor,
        site_id: row.site_id,
        agent_id: row.agent_id,
        action: 'alert_acknowledged',
        resource_type: 'alert',
        resource_id: alert_id,
        outcome: 'success',
        details: { kind: row.kind, device_id: row.device_id, subject: row.subject },
        occurred_at: now,
        recorded_at: now,
      })
      return renderAlert(byRowid.get(row.id) as AlertRow)
    },

    nextDeliveries: (limit: number, now: number, channel?: string): Delivery[] =>
      deliveries.listDue(limit, now, channel).map(({ id, alert, channel, event, tries }) => ({
        delivery_id: id,
        channel,
        event,
        tries,
        alert: renderAlert(byRowid.get(alert) as AlertRow),
      })),
    recordDelivery: deliveries.record,
    listDeliveries(alert_id: string): AlertDelivery[] | null {
      const row = byAlertId.get(alert_id)
      return row === undefined ? null : deliveries.listOf(row.id)
    },
  }
}

function renderAlert(row: AlertRow): Alert {
  return {
    alert_id: row.alert_id,
    site_id: row.site_id,
    kind: row.kind,
    severity: row.severity,
    agent_id: row.agent_id,
    device_id: row.device_id,
    subject: row.subject,
    message: row.message,
    opened_at: utcText(row.opened_at),
    closed_at: utcTextOrNull(row.closed_at),
    acknowledged_at: utcTextOrNull(row.acknowledged_at),
    acknowledged_by: row.acknowledged_by,
    details: JSON.parse(row.details),
  }
}
