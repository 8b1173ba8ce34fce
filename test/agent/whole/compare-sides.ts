import { isDeepStrictEqual } from 'node:util'
import Database from 'better-sqlite3'
import { openSqliteStore } from '../../../src/core/store/sqlite/sqlite-store.ts'

export type Item = Record<string, unknown>

export interface Sides {
  /** Readings in the journals. */
  readonly journalled: number
  /** Readings that the server holds. */
  readonly held: number
  /** Readings that nobody acknowledged; the server may hold them all the same. */
  readonly waiting: number
  readonly quarantined: number
  /** One sentence each: what must not be. */
  readonly faults: readonly string[]
}

const ENTRIES = `SELECT item, acknowledged_at, quarantine.entry IS NOT NULL AS is_aside
  FROM entries
  LEFT JOIN outbox ON outbox.entry = entries.id
  LEFT JOIN batches ON batches.id = outbox.batch
  LEFT JOIN quarantine ON quarantine.entry = entries.id
  WHERE entries.kind = 'metrics'`

/** What the server makes of an item in its own words. */
const SERVERS_WORDS = ['device_id', 'mac_address', 'serial']

/** Holds every reading of the journals against the readings of the server's database. Nobody may write meanwhile. */
export async function compareSides(journals: readonly string[], database: string): Promise<Sides> {
  const faults: string[] = []
  const own = new Map<string, Item>()
  const acknowledged = new Set<string>()
  const waiting = new Set<string>()
  let quarantined = 0
  for (const path of journals) {
    const db = new Database(path, { readonly: true })
    const entries = db.prepare<[], { item: string; acknowledged_at: number | null; is_aside: number }>(ENTRIES).all()
    for (const { item: text, acknowledged_at, is_aside } of entries) {
      const item = JSON.parse(text) as Item
      const id = String(item.reading_id)
      if (own.has(id)) faults.push(`${id} is twice in the journals`)
      own.set(id, item)
      if (acknowledged_at !== null) acknowledged.add(id)
      else if (is_aside === 0) waiting.add(id)
    }
    quarantined += db.prepare('SELECT count(*) FROM quarantine').pluck().get() as number
    db.close()
  }
  const held = await readServer(database, faults)
  for (const [id, item] of own) {
    const there = held.get(id)
    if (there !== undefined) compareReading(id, item, there, faults)
    else if (acknowledged.has(id)) faults.push(`${id} of ${item.ip} at ${item.sampled_at} is not on the server`)
    else if (!waiting.has(id)) faults.push(`${id} of ${item.ip} at ${item.sampled_at} is neither held nor waiting`)
  }
  for (const id of held.keys()) if (!own.has(id)) faults.push(`the server holds ${id}, which no journal has`)
  return { journalled: own.size, held: held.size, waiting: waiting.size, quarantined, faults: faults.slice(0, 20) }
}

function compareReading(id: string, item: Item, there: Item, faults: string[]): void {
  for (const [key, value] of Object.entries(item)) {
    if (SERVERS_WORDS.includes(key) || isDeepStrictEqual(value, there[key])) continue
    faults.push(`${id}: ${key} is ${JSON.stringify(there[key])} on the server, ${JSON.stringify(value)} in the journal`)
    return
  }
}

async function readServer(database: string, faults: string[]): Promise<Map<string, Item>> {
  const store = openSqliteStore(database)
  const found = new Map<string, Item>()
  try {
    let devices: string | undefined
    do {
      const page = await store.listDevices({ limit: 1000, ...(devices !== undefined && { cursor: devices }) })
      for (const { device_id } of page.items) {
        let readings: string | undefined
        do {
          const part = await store.listMetrics({
            device_id,
            resolution: 'raw',
            limit: 5000,
            ...(readings !== undefined && { cursor: readings }),
          })
          for (const metric of part?.items ?? []) {
            const id = (metric as { reading_id: string }).reading_id
            if (found.has(id)) faults.push(`the server gives ${id} twice`)
            found.set(id, metric as unknown as Item)
          }
          readings = part?.next_cursor ?? undefined
        } while (readings !== undefined)
      }
      devices = page.next_cursor ?? undefined
    } while (devices !== undefined)
    return found
  } finally {
    await store.close()
  }
}
