import type { Database } from './open-database.ts'

/** Ends what is open of a device that is none of its own any more; whoever was told of it hears so. */
export function prepareCloseDeviceAlerts(db: Database) {
  const note = db.prepare(
    "INSERT INTO changes (kind, id, at) SELECT 'alert', id, ? FROM alerts WHERE device = ? AND closed_at IS NULL",
  )
  const tell = db.prepare(
    `INSERT INTO alert_deliveries (site_id, alert, channel, event, created_at, next_try_at)
     SELECT d.site_id, d.alert, d.channel, 'closed', @at, @at FROM alerts a JOIN alert_deliveries d ON d.alert = a.id
     WHERE a.device = @device AND a.closed_at IS NULL AND d.event = 'opened' ON CONFLICT DO NOTHING`,
  )
  const close = db.prepare('UPDATE alerts SET closed_at = ? WHERE device = ? AND closed_at IS NULL')
  return (device: number, at: number): void => {
    note.run(at, device)
    tell.run({ device, at })
    close.run(at, device)
  }
}
