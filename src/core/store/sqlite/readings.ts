import { COUNTER_NAMES } from '../../model/printer.ts'
import type { CheckedItem } from '../checked-item.ts'
import { deriveId, uuidToBytes } from '../derive-id.ts'
import type { ItemTime } from '../judge-time.ts'
import type { Database } from './open-database.ts'

export type Readings = ReturnType<typeof prepareReadings>
export type Kept = 'stored' | 'duplicate' | 'of_another_agent'

/** Writes readings, and the last device item of each device. */
export function prepareReadings(db: Database) {
  const insert = db.prepare(
    `INSERT INTO metrics_history (reading_id, site_id, agent, device, sampled_at, received_at, clock_offset_ms, time_mark,
       status, ${COUNTER_NAMES.join(', ')}, lowest_supply, of_other_agent, rest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${COUNTER_NAMES.map(() => '?').join(', ')}, ?, ?, ?)
     ON CONFLICT (reading_id) DO NOTHING`,
  )
  const readAgent = db.prepare<[Uint8Array], number>('SELECT agent FROM metrics_history WHERE reading_id = ?').pluck()
  const writeSnapshot = db.prepare(
    `INSERT INTO device_snapshots (device, at, item) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET at = excluded.at, item = excluded.item`,
  )

  return {
    insert(
      item: CheckedItem,
      place: {
        readonly agent: number
        readonly site_id: string
        readonly device: number
        /** True where the agent is not the one that the device is read by. */
        readonly foreign: boolean
      },
      reading_id: Uint8Array,
      time: ItemTime,
      received_at: number,
      clock_offset_ms: number | null,
    ): Kept {
      const { agent, site_id, device, foreign } = place
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
        item.status,
        ...item.counters,
        item.lowest_supply ?? null,
        foreign ? 1 : 0,
        item.rest,
      )
      if (done.changes === 1) return 'stored'
      return readAgent.get(reading_id) === agent ? 'duplicate' : 'of_another_agent'
    },

    /** True for a reading that this agent brought before. */
    has: (reading_id: Uint8Array, agent: number): boolean => readAgent.get(reading_id) === agent,

    /** Only of an item that is the newest of its device. */
    writeSnapshot: (device: number, time: number, item: string) => void writeSnapshot.run(device, time, item),
  }
}

/**
 * The key of a reading: its own, or one that follows from agent, time and content, so that the same reading sent twice is
 * one. Without any time of the agent's clock each arrival is a reading of its own.
 */
export function readingId(item: CheckedItem, agent_id: string, sampled_at: number): Uint8Array {
  const { reading_id, content, said_time } = item
  if (reading_id !== null) return uuidToBytes(reading_id)
  // a text that is no time is part of the content, and says the same the second time
  return deriveId([agent_id, said_time === 'unreadable' ? said_time : String(sampled_at), content as string])
}
