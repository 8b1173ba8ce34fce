import { LRUCache } from 'lru-cache'
import type { DeviceLevels, Page, PageRequest } from '../store.ts'
import { readSupplyLevels, type SupplyLevel } from '../supply-levels.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Devices } from './devices.ts'
import type { Database } from './open-database.ts'
import { takePage } from './take-page.ts'

type LevelsRow = Omit<DeviceLevels, 'supplies'> & {
  readonly id: number
  readonly last_seen: number
  readonly received_at: number
}

interface Known {
  readonly last_seen: number
  readonly received_at: number
  readonly supplies: readonly SupplyLevel[]
}

const KEPT_LEVELS = 100_000

const SCOPE = ['device_levels']

export function prepareDeviceLevels(db: Database, devices: Devices) {
  const walk = db.prepare<[number, number], LevelsRow>(
    `SELECT id, device_id, (SELECT agent_id FROM agents WHERE agents.id = devices.agent) AS agent_id, manufacturer,
       model, serial, location, page_count, last_seen, received_at FROM devices
     WHERE merged_into IS NULL AND id > ? ORDER BY id LIMIT ?`,
  )

  const known = new LRUCache<number, Known>({ max: KEPT_LEVELS })

  /** Looks only into devices that were read since the last time. */
  function* measure(rows: readonly LevelsRow[]) {
    for (const { id, last_seen, received_at, ...facts } of rows) {
      const before = known.get(id)
      if (before?.last_seen === last_seen && before.received_at === received_at) {
        yield { id, bytes: 0, levels: { ...facts, supplies: before.supplies } }
        continue
      }
      const { said, bytes } = devices.readSnapshot({ id, device_id: facts.device_id }, last_seen)
      const supplies = readSupplyLevels(said.supplies)
      known.set(id, { last_seen, received_at, supplies })
      yield { id, bytes, levels: { ...facts, supplies } }
    }
  }

  /** In the order in which devices came to be known. */
  return ({ limit, cursor }: PageRequest): Page<DeviceLevels> => {
    const after = cursor === undefined ? 0 : (openCursor(cursor, SCOPE, ['number'])[0] as number)
    const { page, hasMore } = takePage(measure(walk.all(after, limit + 1)), limit, ({ bytes }) => bytes)
    const last = page.at(-1)
    return {
      items: page.map(({ levels }) => levels),
      next_cursor: hasMore && last !== undefined ? sealCursor(SCOPE, [last.id]) : null,
    }
  }
}
