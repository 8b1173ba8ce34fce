import type { Database } from './open-database.ts'

export type Changes = ReturnType<typeof prepareChanges>
export type ChangeKind = 'agent' | 'device' | 'alert'

/** Live views that fall further behind begin anew. */
export const CHANGES_KEPT = 100_000

/** What changed, in the order of commits. */
export function prepareChanges(db: Database) {
  const insert = db.prepare<[string, number, number]>('INSERT INTO changes (kind, id, at) VALUES (?, ?, ?)')
  const insertDevices = db.prepare<[number, string]>(
    "INSERT INTO changes (kind, id, at) SELECT 'device', value, ? FROM json_each(?)",
  )
  const trim = db.prepare<[number]>('DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ?')
  return {
    note: (kind: ChangeKind, id: number, at: number) => void insert.run(kind, id, at),
    /** Many at once, by their rowids, for a fraction of the price. */
    noteDevices: (ids: readonly number[], at: number) => void insertDevices.run(at, JSON.stringify(ids)),
    /** Once in a transaction that noted many. */
    trim: (kept = CHANGES_KEPT) => void trim.run(kept),
  }
}
