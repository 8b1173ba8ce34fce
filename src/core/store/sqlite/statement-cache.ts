import { LRUCache } from 'lru-cache'
import type { Database, Statement } from './open-database.ts'

/** Prepares each text once: for queries that are put together from filters. */
export function cacheStatements(db: Database, most = 256): (sql: string) => Statement {
  const known = new LRUCache<string, Statement>({ max: most })
  return (sql) => {
    let statement = known.get(sql)
    if (statement === undefined) {
      statement = db.prepare(sql)
      known.set(sql, statement)
    }
    return statement
  }
}
