import { COUNTERS, type DeviceItem } from '../../protocol/devices.ts'
import type { MetricItem } from '../../protocol/metrics.ts'
import { deriveId, uuidToBytes } from '../derive-id.ts'
import type { ItemTime } from '../judge-time.ts'
import { findLowestSupply } from '../lowest-supply.ts'
import type { Database } from './open-database.ts'

export type Readings = ReturnType<typeof prepareReadings>
export type Kept = 'stored' | 'duplicate' | 'of_another_agent'

/** Writes readings, and the last device item of each device. */
export function prepareReadings(db: Database) {
  const insert = db.prepare(
    `INSERT INTO metrics_history (reading_id, site_id, agent, device, sampled_at, received_at, clock_offset_ms, time_mark,
       status, ${COUNTERS.join(', ')}, lowest_supply, rest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${COUNTERS.map(() => '?').join(', ')}, ?, ?)
     ON CONFLICT (reading_id) DO NOTHING`,
  )
  const readAgent = db.prepare<[Uint8Array], number>('SELECT agent FROM metrics_history WHERE reading_id = ?').pluck()
  const writeSnapshot = db.prepare(
    `INSERT INTO device_snapshots (device, at, item) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET at = excluded.at, item = excluded.item WHERE excluded.at >= device_snapshots.at`,
  )

  return {
    insert(
      item: MetricItem,
      place: { readonly agent: number; readonly site_id: string; readonly device: number },
      reading_id: Uint8Array,
      time: ItemTime,
      received_at: number,
      clock_offset_ms: number | null,
    ): Kept {
      const { agent, site_id, device } = place
      const { sampled_at, mark } = time
      const done = insert.run(
        reading_id,
        site_id,
        agent,
        device,
        sampled_at,
        received_at,
        clock_offset_ms,
        mark,
        item.status ?? null,
        item.page_count ?? null,
        item.color_pages ?? null,
        item.mono_pages ?? null,
        item.print_pages ?? null,
        item.copy_pages ?? null,
        item.fax_pages ?? null,
        item.scan_count ?? null,
        item.duplex_pages ?? null,
        item.large_pages ?? null,
        findLowestSupply(item.supplies),
        renderRest(item, mark === 'unreadable'),
      )
      if (done.changes === 1) return 'stored'
      return readAgent.get(reading_id) === agent ? 'duplicate' : 'of_another_agent'
    },

    /** True for a reading that this agent brought before. */
    has: (reading_id: Uint8Array, agent: number): boolean => readAgent.get(reading_id) === agent,

    writeSnapshot: (device: number, time: number, item: DeviceItem) =>
      void writeSnapshot.run(device, time, JSON.stringify(item)),
  }
}

/** What has no column of its own. A counter that is null was told as such, and stays. */
function renderRest(item: MetricItem, keepsTime: boolean): string {
  const rest: Record<string, unknown> = { ...item, reading_id: undefined }
  // undefined is not written; deleting keys would make the object a slow one
  if (!keepsTime) rest.sampled_at = undefined
  if (rest.status !== null) rest.status = undefined
  for (const name of COUNTERS) if (rest[name] != null) rest[name] = undefined
  return JSON.stringify(rest)
}

/**
 * The key of a reading: its own, or one that follows from agent, time and content, so that the same reading sent twice is
 * one. Without any time of the agent's clock each arrival is a reading of its own.
 */
export function readingId(item: MetricItem, agent_id: string, sampled_at: number): Uint8Array {
  if (item.reading_id != null) return uuidToBytes(item.reading_id)
  return deriveId([agent_id, String(sampled_at), JSON.stringify(item)])
}
