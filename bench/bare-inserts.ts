import { statSync } from 'node:fs'
import Database from 'better-sqlite3'

/**
 * Inserts the readings of a server's database once more, with better-sqlite3 alone: the same table, the same indexes, the
 * same transactions. Prints `{rows, seconds, bytes}`.
 */
const [source = '', batchSize = ''] = process.argv.slice(2)
const target = `${source}.bare`
const from = new Database(source, { readonly: true })
const rows = from.prepare('SELECT * FROM metrics_history ORDER BY rowid').raw().all() as unknown[][]
const schema = from
  .prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'metrics_history' AND sql IS NOT NULL ORDER BY type DESC")
  .pluck()
  .all() as string[]
from.close()

const to = new Database(target)
to.pragma('journal_mode = WAL')
to.pragma('synchronous = FULL')
// the tables that rows refer to are not here, which makes these inserts faster than the server's
to.pragma('foreign_keys = OFF')
for (const sql of schema) to.exec(sql)
const insert = to.prepare(`INSERT INTO metrics_history VALUES (${(rows[0] ?? []).map(() => '?').join(', ')})`)
const insertBatch = to.transaction((batch: readonly unknown[][]) => {
  for (const row of batch) insert.run(row)
})
const began = performance.now()
for (let i = 0; i < rows.length; i += Number(batchSize)) insertBatch(rows.slice(i, i + Number(batchSize)))
const seconds = (performance.now() - began) / 1000
to.pragma('wal_checkpoint(TRUNCATE)')
to.close()
console.log(JSON.stringify({ rows: rows.length, seconds, bytes: statSync(target).size }))
