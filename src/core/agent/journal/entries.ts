import { BATCH_KINDS, type BatchKind } from '../../protocol/batches.ts'
import type { Database } from '../../store/sqlite/open-database.ts'

export type Entries = ReturnType<typeof prepareEntries>

export interface WaitingReading {
  readonly entry: number
  readonly recorded_at: number
  readonly item: string
}

/** What was let go: how many, and when the first and last of them were recorded. */
export interface Removal {
  readonly count: number
  readonly from: number
  readonly to: number
}

/** What was recorded, and its place in the outbox. */
export function prepareEntries(db: Database, makeId: (now: number) => string) {
  const insert = db.prepare('INSERT INTO entries (kind, printer_id, recorded_at, item) VALUES (?, ?, ?, ?)')
  const enqueue = db.prepare('INSERT INTO outbox (entry, kind) VALUES (?, ?)')
  const replaceWaiting = db.prepare(
    `DELETE FROM entries WHERE printer_id = ?
       AND EXISTS (SELECT 1 FROM outbox WHERE entry = entries.id AND batch IS NULL)`,
  )
  const firstWaiting = db
    .prepare<[string], number>('SELECT entry FROM outbox WHERE kind = ? AND batch IS NULL ORDER BY entry LIMIT 1')
    .pluck()
  const readings = db.prepare<[number, number], WaitingReading>(
    `SELECT entry, recorded_at, item FROM outbox CROSS JOIN entries ON entries.id = entry
     WHERE outbox.kind = 'metrics' AND batch IS NULL AND entry > ? ORDER BY entry LIMIT ?`,
  )
  const oldest = db.prepare<[number, number], { id: number; recorded_at: number }>(
    `SELECT id, recorded_at FROM entries WHERE id IN (
       SELECT entry FROM outbox WHERE batch IS NULL AND entry <= ? ORDER BY entry LIMIT ?)`,
  )
  const remove = db.prepare<[number]>('DELETE FROM entries WHERE id = ?')
  const isWaiting = db.prepare<[number], { recorded_at: number }>(
    'SELECT recorded_at FROM outbox CROSS JOIN entries ON entries.id = entry WHERE entry = ? AND batch IS NULL',
  )
  const countWaiting = db.prepare<[], number>('SELECT count(*) FROM outbox WHERE batch IS NULL').pluck()
  const inFlight = db.prepare<[], { items: number; first: number | null }>(
    `SELECT items, (SELECT min(entry) FROM outbox WHERE batch = batches.id) AS first
     FROM batches WHERE acknowledged_at IS NULL`,
  )
  const recordedAt = db.prepare<[number], number>('SELECT recorded_at FROM entries WHERE id = ?').pluck()

  const add = (kind: BatchKind, printer_id: string | null, item: object, now: number): void => {
    const { lastInsertRowid } = insert.run(kind, printer_id, Math.trunc(now), JSON.stringify(item))
    enqueue.run(lastInsertRowid, kind)
  }

  const removeRows = (rows: readonly { id: number; recorded_at: number }[]): Removal => {
    for (const { id } of rows) remove.run(id)
    const times = rows.map((row) => row.recorded_at)
    return { count: rows.length, from: Math.min(...times), to: Math.max(...times) }
  }

  return {
    addReading(item: object, now: number): void {
      const reading_id = makeId(now)
      // the journal's id stands first, and in place of any that the item brings
      add('metrics', null, Object.assign({ reading_id }, item, { reading_id }), now)
    },

    addDevice(printer_id: string, item: object, now: number): void {
      replaceWaiting.run(printer_id)
      add('devices', printer_id, item, now)
    },

    /** Of a kind, the one that waits longest. */
    firstWaiting: (kind: BatchKind) => firstWaiting.get(kind) ?? null,

    /** Those that wait behind an entry. */
    listReadings: (after: number, limit: number) => readings.all(after, limit),

    /** Lets go those of the given entries that still wait. */
    dropWaiting: (ids: readonly number[]) =>
      removeRows(
        ids.flatMap((id) => {
          const row = isWaiting.get(id)
          return row === undefined ? [] : [{ id, recorded_at: row.recorded_at }]
        }),
      ),

    hasWaiting: (last: number) =>
      BATCH_KINDS.some((kind) => (firstWaiting.get(kind) ?? Number.POSITIVE_INFINITY) <= last),

    /** Lets go the oldest that wait, up to an entry. */
    dropOldest: (last: number, limit: number) => removeRows(oldest.all(last, limit)),

    /** What the server does not hold yet, in flight or not. */
    count(): { queue_length: number; oldest_at: number | null } {
      const flying = inFlight.get()
      const firsts = [flying?.first, ...BATCH_KINDS.map((kind) => firstWaiting.get(kind))]
      const first = Math.min(...firsts.map((entry) => entry ?? Number.POSITIVE_INFINITY))
      return {
        queue_length: (countWaiting.get() as number) + (flying?.items ?? 0),
        oldest_at: recordedAt.get(first) ?? null,
      }
    },
  }
}
