import type { Database } from './open-database.ts'

export type Meta = ReturnType<typeof prepareMeta>

/** What the database says of itself. */
export function prepareMeta(db: Database) {
  const read = db.prepare<[string], unknown>('SELECT value FROM meta WHERE key = ?').pluck()
  const bump = db.prepare("UPDATE meta SET value = value + 1 WHERE key = 'tokens_version'")
  const mark = db.prepare(
    "INSERT INTO meta (key, value) VALUES ('tried_at', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  )
  return {
    storeId: () => read.get('store_id') as string,
    tokensVersion: () => Number(read.get('tokens_version')),
    /** Belongs into every transaction that changes what a token opens: other processes look at it. */
    bumpTokensVersion: () => void bump.run(),
    /** When it was last tried whether the file can be written. */
    markTry: (now: number) => void mark.run(now),
  }
}
