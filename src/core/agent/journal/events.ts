import type { AuditEvent } from '../../protocol/audit.ts'
import type { Database } from '../../store/sqlite/open-database.ts'

export type Events = ReturnType<typeof prepareEvents>

/** Audit events that the server does not have yet, oldest first. */
export function prepareEvents(db: Database, makeId: (now: number) => string) {
  const insert = db.prepare('INSERT INTO events (event_id, event) VALUES (?, ?)')
  const list = db.prepare<[number], string>('SELECT event FROM events ORDER BY number LIMIT ?').pluck()
  const forget = db.prepare('DELETE FROM events WHERE event_id = ?')
  const count = db.prepare<[], number>('SELECT count(*) FROM events').pluck()
  const oldest = db.prepare('SELECT 1 FROM events WHERE number <= ? LIMIT 1')
  const dropUpTo = db.prepare(
    'DELETE FROM events WHERE number IN (SELECT number FROM events WHERE number <= ? ORDER BY number LIMIT ?)',
  )
  return {
    add(event: AuditEvent, now: number): void {
      const event_id = makeId(now)
      insert.run(event_id, JSON.stringify({ ...event, event_id }))
    },
    next: (limit: number) => list.all(limit).map((text) => JSON.parse(text) as AuditEvent),
    forget: (event_id: string) => void forget.run(event_id),
    count: () => count.get() as number,
    has: (last: number) => oldest.get(last) !== undefined,
    /** The oldest, up to one of them. Gives how many. */
    drop: (last: number, limit: number) => dropUpTo.run(last, limit).changes,
  }
}
