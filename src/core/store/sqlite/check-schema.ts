import { MIGRATIONS, migrate } from './migrate.ts'
import { type Database, type OpenOptions, openInMemory } from './open-database.ts'

interface SchemaRow {
  readonly type: string
  readonly name: string
  readonly tbl_name: string
  readonly sql: string | null
}

/** SQLite makes these by itself, for its statistics. */
const OF_SQLITE = ['sqlite_stat1', 'sqlite_stat4']

/**
 * Tables, indexes, triggers and views that are not as the migrations make them, one sentence each: a trigger of somebody
 * else writes along with every statement, and an index that is gone makes lists slow.
 */
export function checkSchema(db: Database, options: Pick<OpenOptions, 'nativeBinding'>): string[] {
  const model = openInMemory(options)
  try {
    migrate(model, ':memory:', MIGRATIONS)
    return compareSchemas(readSchema(db), readSchema(model))
  } finally {
    model.close()
  }
}

function compareSchemas(found: ReadonlyMap<string, SchemaRow>, expected: ReadonlyMap<string, SchemaRow>): string[] {
  const problems: string[] = []
  for (const [key, { sql }] of expected) {
    const row = found.get(key)
    if (row === undefined) problems.push(`The ${key} is missing.`)
    else if (row.sql !== sql) problems.push(`The ${key} is not as PrintMaster makes it.`)
  }
  for (const [key, { name, tbl_name }] of found) {
    if (expected.has(key)) continue
    problems.push(`The ${key}${tbl_name === name ? '' : ` on ${tbl_name}`} was not made by PrintMaster.`)
  }
  return problems
}

/** By type and name. */
function readSchema(db: Database): Map<string, SchemaRow> {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid').all() as SchemaRow[]
  const named = rows.filter(({ name }) => !OF_SQLITE.includes(name))
  return new Map(named.map((row) => [`${row.type} ${row.name}`, row]))
}
