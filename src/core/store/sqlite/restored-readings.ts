import { COUNTER_NAMES } from '../../model/printer.ts'
import type { ArchivedRow, RestoreOutcome } from '../retention.ts'
import type { Database } from './open-database.ts'

/** Readings that come back from an archive, and leave again when their time is over. */
export function prepareRestoredReadings(db: Database) {
  const columns = [
    'reading_id',
    'site_id',
    'sampled_at',
    'received_at',
    'clock_offset_ms',
    'time_mark',
    'status',
    ...COUNTER_NAMES,
    'lowest_supply',
    'of_other_agent',
    'rest',
  ]
  const insert = db.prepare(
    `INSERT INTO metrics_history (agent, device, restored_until, ${columns.join(', ')})
     VALUES (@agent, @device, @restored_until, ${columns.map((each) => `@${each}`).join(', ')})
     ON CONFLICT (reading_id) DO UPDATE SET restored_until = max(restored_until, excluded.restored_until)
       WHERE restored_until IS NOT NULL`,
  )
  const has = db.prepare<[Uint8Array], number>('SELECT 1 FROM metrics_history WHERE reading_id = ?').pluck()
  const findAgent = db.prepare<[unknown], number>('SELECT id FROM agents WHERE agent_id = ?').pluck()
  const findDevice = db.prepare<[unknown], number>('SELECT id FROM devices WHERE device_id = ?').pluck()
  const drop = db.prepare(
    `DELETE FROM metrics_history WHERE id IN (SELECT id FROM metrics_history WHERE restored_until < @now
       AND id < (SELECT max(id) FROM metrics_history) LIMIT @limit)`,
  )

  return {
    /** Those that are here already stay as they are. */
    restore(rows: readonly ArchivedRow[], restored_until: number): RestoreOutcome {
      let [restored, already_here, unknown_device] = [0, 0, 0]
      for (const row of rows) {
        const [agent, device] = [findAgent.get(row.agent_id), findDevice.get(row.device_id)]
        const isHere = has.get(row.reading_id as Uint8Array) !== undefined
        if (agent === undefined || device === undefined) unknown_device += 1
        else if (isHere) already_here += 1
        else restored += 1
        if (agent === undefined || device === undefined) continue
        const values = Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))
        insert.run({ ...values, agent, device, restored_until })
      }
      return { restored, already_here, unknown_device }
    },
    /** Gives how many left; fewer than `limit` means that nothing is left to leave. */
    drop: (now: number, limit: number): number => drop.run({ now, limit }).changes,
  }
}
